"""morph_kgc_script.py FOLDER: what `tables.py` made, materialised by morph-kgc into a set of N-Triples lines.

The import of morph-kgc is not counted, nor would be the writing of the lines.
"""

import json
import sys
import time

import morph_kgc  # type: ignore[import-not-found]  # in an environment of its own

start = time.process_time()
triples = morph_kgc.materialize_set(sys.argv[1] + "/morph.ini")
seconds = time.process_time() - start
sys.stdout.write(json.dumps({"facts": len(triples), "materialise": seconds}) + "\n")
