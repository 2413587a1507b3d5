"""What reads pictures, with the models that it brings along; needs the extra `ocr`."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def engine(side: int, *, least: float = 0.5) -> Any:  # noqa: ANN401 - has no types
    """Have a reader that looks at pictures scaled to so many pixels at most, and tells what it is so sure of.

    One for all of the process: it takes its time to load, and one thread works as well as several.
    """
    from rapidocr import RapidOCR  # noqa: PLC0415 - optional, and slow to load

    return RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Global.text_score": least,
            "Det.limit_type": "max",
            "Det.limit_side_len": side,
            "Rec.rec_batch_num": 1,
        }
    )
