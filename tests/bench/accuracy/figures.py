"""What `winnow evaluate` says of a model."""
import json
import subprocess


def of_model(winnow, model, index, corpus, names):
    """The named figures on a corpus's test split, as shares, and last the calibrated probabilities' ECE."""
    done = subprocess.run([winnow, "evaluate", "--model", model, "--index", index, "--corpus", corpus, "--split", "test", "--json"],
                          check=True, capture_output=True)
    found = json.loads(done.stdout)["all"]
    return [found[name] for name in names] + [found["calibration"]["after"]["ece"]]
