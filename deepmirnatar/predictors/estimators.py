"""What predictors made of a scikit-learn estimator share: fitting it to numbers about a pair, and keeping it."""

import numpy as np
import pandas as pd

from deepmirnatar.predictors.base import Context, Predictor


class EstimatorPredictor(Predictor):
    """Subclasses give `estimator(seed)`, not yet fitted, and `features(pairs, context)`, (rows, numbers).

    The score is the probability of a classifier's second class, or what a regression predicts.
    """

    def estimator(self, seed: int):
        raise NotImplementedError

    def features(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        raise NotImplementedError

    def fit(self, train: pd.DataFrame, valid: pd.DataFrame, context: Context) -> pd.DataFrame:
        self.fitted = self.estimator(context.seed).fit(self.features(train, context), train["label"])
        return super().fit(train, valid, context)

    def predict(self, pairs: pd.DataFrame, context: Context) -> np.ndarray:
        from sklearn.base import is_classifier

        features = self.features(pairs, context)
        return (
            self.fitted.predict_proba(features)[:, 1] if is_classifier(self.fitted) else self.fitted.predict(features)
        )

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        return {"sklearn": pack_estimator(self.fitted)}, {}

    def restore(self, arrays: dict[str, np.ndarray], more: dict) -> None:
        self.fitted = unpack_estimator(arrays["sklearn"])


def boosted_trees(seed: int, trees: int, **settings):
    """scikit-learn's histogram boosting with exactly so many trees: none of the rows are held out to stop earlier."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=trees, early_stopping=False, random_state=seed, **settings)


def pack_estimator(estimator) -> np.ndarray:
    """A scikit-learn estimator as bytes (skops format, no pickle) for `Predictor.state`."""
    import skops.io

    return np.frombuffer(skops.io.dumps(estimator), dtype=np.uint8)


def unpack_estimator(packed: np.ndarray):
    """Inverse of `pack_estimator`; admits scikit-learn's, NumPy's and SciPy's types and nothing else."""
    import skops.io

    data = packed.tobytes()
    wanted = skops.io.get_untrusted_types(data=data)
    foreign = [name for name in wanted if name.split(".")[0] not in ("sklearn", "numpy", "scipy")]
    if foreign:
        raise ValueError(f"the saved estimator holds types that are not scikit-learn's: {', '.join(foreign)}")
    return skops.io.loads(data, trusted=wanted)
