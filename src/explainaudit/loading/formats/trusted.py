"""Types that a .skops file may hold beyond skops' own list, each reviewed (scikit-learn 1.6 to 1.9).

A type stands here when making it from a file runs no code that the file can choose: its constructor and
``__setstate__`` only store numbers, texts and other audited objects. Functions stand here when they
compute on their arguments alone. What stores *indices* that compiled code follows without looking (trees,
neighbour trees) is trusted only together with `explainaudit.loading.formats.inner_references`, which
checks them before the first prediction.

Left out on purpose: ``MinkowskiDistance`` and other distances with parameters, ``BSpline`` (raw knots read
by compiled code), joblib's ``Memory``, anything that names a file or a command.
"""

# Compiled structures with indices: checked by inner_references.
_INDEXED = (
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._ball_tree.BallTree",
)

# Distances without parameters.
_DISTANCES = tuple(
    f"sklearn.metrics._dist_metrics.{name}Distance64" for name in ("Euclidean", "Manhattan", "Chebyshev")
)

# Plain Python holders of fitted values.
_FITTED = (
    "numpy.dtype",
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils._metadata_requests.MetadataRequest",
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
)

# Gaussian processes: kernels are arithmetic over their numbers.
_KERNELS = (
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    *(
        f"sklearn.gaussian_process.kernels.{name}"
        for name in ("ConstantKernel", "DotProduct", "ExpSineSquared", "Exponentiation", "Matern", "Product")
    ),
    *(
        f"sklearn.gaussian_process.kernels.{name}"
        for name in ("RBF", "RationalQuadratic", "Sum", "WhiteKernel")
    ),
)

# What a search or a threshold tuner remembers of its training; predicting uses none of it.
_SEARCHES = (
    *(f"sklearn.metrics._scorer.{name}" for name in ("_PassthroughScorer", "_Scorer", "_CurveScorer")),
    "sklearn.metrics._scorer._MultimetricScorer",
    *(
        f"sklearn.model_selection._split.{name}"
        for name in ("KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold", "TimeSeriesSplit")
    ),
    *(
        f"sklearn.model_selection._split.{name}"
        for name in ("RepeatedKFold", "RepeatedStratifiedKFold", "ShuffleSplit", "StratifiedShuffleSplit")
    ),
    *(
        f"sklearn.metrics._classification.{name}"
        for name in ("accuracy_score", "balanced_accuracy_score", "f1_score", "log_loss", "brier_score_loss")
    ),
    *(f"sklearn.metrics._ranking.{name}" for name in ("roc_auc_score", "average_precision_score")),
    *(
        f"sklearn.metrics._regression.{name}"
        for name in ("r2_score", "mean_squared_error", "root_mean_squared_error", "mean_absolute_error")
    ),
)

# Choosing and checking columns. partial() calls nothing when made, and its function must be trusted too.
_COLUMNS = (
    "builtins.object",
    "functools.partial",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.feature_selection._mutual_info.mutual_info_classif",
    "sklearn.feature_selection._mutual_info.mutual_info_regression",
    "sklearn.feature_selection._univariate_selection.chi2",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.utils.validation.check_array",
)

TRUSTED_TYPES: tuple[str, ...] = (*_INDEXED, *_DISTANCES, *_FITTED, *_KERNELS, *_SEARCHES, *_COLUMNS)
