"""Asks the reconciliation service at the address given as reconciler does, and prints what pandas got."""

import json
import sys

import pandas
from reconciler import reconcile

endpoint = sys.argv[1]
names = pandas.Series(["Казахстан", "أوزبكستان", "zzz"])
plain = reconcile(names, reconciliation_endpoint=endpoint)
chairs = pandas.Series(["Uzbekistan"])
body = pandas.Series(["Central Asian Women’s Dialogue"])
chaired = reconcile(
    body, type_id="Platform", property_mapping={"^chairs": chairs}, reconciliation_endpoint=endpoint
)
print(json.dumps({
    "ids": plain.sort_values("input_value")["id"].fillna("").tolist(),
    "matches": int(plain["match"].sum()),
    "chaired": chaired[["id", "score"]].values.tolist(),
}))  # fmt: skip
