// Opens pages as a reader's browser would: accessibility.cjs CHROMIUM FILE...
// Exit code 1 if axe finds a violation, a page asks for anything outside itself, its console reports an error (the content
// security policy included), or it does not fit a screen of 320 pixels.
const fs = require("node:fs");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// As delivered: with its content security policy, on a wide and on a narrow screen.
async function asDelivered(browser, url) {
  const problems = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) problems.push(`asks for ${request.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  await page.goto(url);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) problems.push(`${over} pixels too wide for a screen of ${width}`);
  }
  await context.close();
  return problems;
}

// The policy forbids scripts, axe's too, so that axe sees the page without it.
async function asRead(browser, url) {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(axe);
  const found = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: "tag", values } }), standards);
  await context.close();
  const problems = found.violations.map(
    (violation) => `${violation.id} (${violation.impact}): ${violation.nodes.map((node) => node.target).slice(0, 5).join(", ")}`,
  );
  return found.passes.length > 0 ? problems : [...problems, "axe checked nothing"];
}

async function main([executablePath, ...files]) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
  let failed = files.length === 0;
  for (const file of files) {
    const url = pathToFileURL(file).href;
    const problems = [...(await asDelivered(browser, url)), ...(await asRead(browser, url))];
    console.log(`${problems.length === 0 ? "passed" : "FAILED"}: ${file}`);
    for (const problem of problems) console.log(`    ${problem}`);
    failed ||= problems.length > 0;
  }
  await browser.close();
  return failed ? 1 : 0;
}

main(process.argv.slice(2)).then((code) => process.exit(code));
