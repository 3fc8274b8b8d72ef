import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.ErrorDetails;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Checks PDF files against profiles of veraPDF: PdfConformance PROFILE[,PROFILE...] FILE...
 *
 * <p>Exit code 1 if any file fails any profile. The jar that carries veraPDF has no JAXB, with which veraPDF reads its profiles, so
 * they are read here from the same XML.
 */
public final class PdfConformance {
    private static final Map<String, String> PROFILES =
            Map.of("3a", "PDFA-3A.xml", "3u", "PDFA-3U.xml", "ua1", "PDFUA-1.xml");

    private PdfConformance() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.OFF);
        VeraGreenfieldFoundryProvider.initialise();
        boolean passed = arguments.length > 1;
        for (String name : arguments[0].split(",")) {
            ValidationProfile profile = read(name);
            for (int file = 1; file < arguments.length; file++) {
                passed &= check(profile, arguments[file], name);
            }
        }
        System.exit(passed ? 0 : 1);
    }

    private static boolean check(ValidationProfile profile, String file, String name) throws Exception {
        try (FileInputStream stream = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, profile.getPDFAFlavour())) {
            ValidationResult result = ValidatorFactory.createValidator(profile, false).validate(parser);
            Map<String, Integer> failures = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    RuleId rule = assertion.getRuleId();
                    String told = rule.getClause() + "-" + rule.getTestNumber() + " " + assertion.getMessage();
                    failures.merge(told, 1, Integer::sum);
                }
            }
            boolean passed = result.isCompliant() && result.getTotalAssertions() > 0;
            System.out.printf("%s: %s, %s: %d checks by %d rules%n",
                    passed ? "passed" : "FAILED", file, name, result.getTotalAssertions(), profile.getRules().size());
            failures.forEach((told, count) -> System.out.printf("    %d x %s%n", count, told));
            return passed;
        }
    }

    private static ValidationProfile read(String name) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document;
        try (InputStream stream = PdfConformance.class.getResourceAsStream(
                "/org/verapdf/pdfa/validation/" + PROFILES.get(name))) {
            document = factory.newDocumentBuilder().parse(stream);
        }
        Set<Rule> rules = new HashSet<>();
        for (Element element : elements(document.getDocumentElement(), "rule")) {
            rules.add(rule(element));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element element : elements(document.getDocumentElement(), "variable")) {
            variables.add(Profiles.variableFromValues(element.getAttribute("name"), element.getAttribute("object"),
                    text(element, "defaultValue"), text(element, "value")));
        }
        return Profiles.profileFromValues(PDFAFlavour.byFlavourId(name),
                Profiles.profileDetailsFromValues(name, "", "", new Date(0)), "", rules, variables);
    }

    private static Rule rule(Element element) {
        Element id = elements(element, "id").get(0);
        RuleId identity = Profiles.ruleIdFromValues(specification(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        List<ErrorArgument> placeholders = new ArrayList<>();
        for (Element argument : elements(element, "argument")) {
            String label = argument.getAttribute("name");
            placeholders.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), label.isEmpty() ? null : label, null));
        }
        ErrorDetails error = Profiles.errorFromValues(text(element, "message"), placeholders);
        String deferred = element.getAttribute("deferred");
        return Profiles.ruleFromValues(identity, element.getAttribute("object"),
                deferred.isEmpty() ? null : Boolean.valueOf(deferred), element.getAttribute("tags"),
                text(element, "description"), text(element, "test"), error, new ArrayList<>());
    }

    private static PDFAFlavour.Specification specification(String name) {
        for (PDFAFlavour.Specification known : PDFAFlavour.Specification.values()) {
            if (known.name().equals(name) || known.toString().equals(name)) {
                return known;
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int index = 0; index < found.getLength(); index++) {
            Node node = found.item(index);
            elements.add((Element) node);
        }
        return elements;
    }

    private static String text(Element parent, String name) {
        List<Element> found = elements(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }
}
