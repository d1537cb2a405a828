# SPDX-License-Identifier: Apache-2.0
"""The cases of the decision suite: policies, one request, what is right.

A case is {"name", "group", "n", "scenario"}; the scenario is one of
docs/formats.md with each policy as a text, one request and its "expect".  Where
a peer has a language of its own, "cedar" holds what means the same in it, and
"s3" a policy of the same shape about S3, for what knows no other service."""
import json

from .common import ROOT, corpus

PRINCIPAL = "arn:aws:iam::123456789012:user/bedrock-api"
ACTION = "bedrock:InvokeModel"
MODEL = ("arn:aws:bedrock:us-west-2::foundation-model/"
         "anthropic.claude-3-5-sonnet-20241022-v2:0")
INSIDE, OUTSIDE = "13.230.101.201", "198.51.100.7"
CIDRS = ["13.230.101.201/32", "13.230.101.202/32"]
S3_ACTION, S3_OBJECT = "s3:GetObject", "arn:aws:s3:::models/claude"


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def mission():
    path = ROOT / "docs/examples/bedrock-eip/policy.json"
    return json.loads(path.read_text(encoding="utf-8"))["Statement"][0]


def case(name, policies, expect, *, group, n=0, action=ACTION, resource=MODEL,
         context=None, principal=PRINCIPAL, **other):
    """`policies` are (kind, document or text, level)."""
    entries = []
    for kind, document, *level in policies:
        text = document if isinstance(document, str) else json.dumps(document)
        entries.append({"kind": kind, "policy": text,
                        **({"level": level[0]} if level else {})})
    request = {"principal": principal, "action": action, "resource": resource,
               "context": {"aws:SourceIp": INSIDE} if context is None
               else context, "expect": expect}
    return {"name": name, "group": group, "n": n, **other,
            "scenario": {"policies": entries, "requests": [request]}}


# --- the same in other languages -------------------------------------------

def cedar_statement(actions, cidrs):
    condition = " || ".join(f'context.source.isInRange(ip("{cidr}"))'
                            for cidr in cidrs)
    names = ", ".join(f'Action::"{action}"' for action in actions)
    return (f"permit(principal, action in [{names}], resource) when {{ "
            'resource.arn like "arn:aws:bedrock:*::foundation-model/*" && '
            f"({condition}) }};")


def cedar(statements, address):
    return {"policies": "\n".join(statements), "source": address}


def s3_statement(cidrs, action=S3_ACTION):
    return {"Effect": "Allow", "Action": [action, "s3:PutObject"],
            "Resource": ["arn:aws:s3:::models/*"],
            "Condition": {"IpAddress": {"aws:SourceIp": cidrs}}}


def s3(statements):
    return {"policy": json.dumps(policy(*statements)), "action": S3_ACTION,
            "bucket": "models", "object": "claude"}


# --- groups ----------------------------------------------------------------

def both(group, n, statements, cidrs=None, name=None, extra=()):
    """Allowed from inside, denied from outside."""
    cidrs = cidrs or CIDRS
    actions = [ACTION, ACTION + "WithResponseStream"]
    for address, expect in ((INSIDE, "allow"), (OUTSIDE, "implicit deny")):
        word = "allowed" if expect == "allow" else "denied"
        yield case(
            f"{name or f'{group} {n:,}'}, {word}",
            [("identity", policy(*statements))], expect, group=group, n=n,
            context={"aws:SourceIp": address},
            cedar=cedar([cedar_statement(actions, cidrs),
                         *[cedar_statement([other], CIDRS)
                           for other in extra]], address),
            s3=s3([s3_statement(cidrs), *[
                {**s3_statement(CIDRS, "s3:DeleteObject"),
                 "Sid": f"S{i}", "Resource": [f"arn:aws:s3:::bucket{i}/*"]}
                for i in range(len(extra))]]))


def growing_statements(count):
    """The mission's statement among others about other actions."""
    others = [f"service{i % 50}:Operation{i}" for i in range(count - 1)]
    statements = [{"Sid": f"S{i}", "Effect": "Allow", "Action": other,
                   "Resource": f"arn:aws:service{i % 50}:*:*:thing/{i}/*",
                   "Condition": {"IpAddress": {"aws:SourceIp": CIDRS}}}
                  for i, other in enumerate(others)]
    statements.insert(len(statements) // 2, mission())
    yield from both("statements", count, statements, extra=others)


def growing_cidrs(count):
    # Blocks that do not touch, so that nothing merges.
    cidrs = CIDRS + [f"{20 + i // 32768}.{i // 128 % 256}.{i % 128 * 2}.0/25"
                     for i in range(count - len(CIDRS))]
    statement = mission()
    statement["Condition"]["IpAddress"]["aws:SourceIp"] = cidrs
    yield from both("CIDRs", count, [statement], cidrs)


def growing_values(count, operator):
    values = [f"team-{i:05}" + ("-*" if operator == "StringLike" else "")
              for i in range(count)]
    for tag, expect in ((f"team-{count // 2:05}-x", "allow"),
                        ("nobody", "implicit deny")):
        if operator == "StringEquals":
            tag = tag.removesuffix("-x")
        statement = {"Effect": "Allow", "Action": ACTION, "Resource": "*",
                     "Condition": {operator: {"aws:PrincipalTag/team": values}}}
        word = "allowed" if expect == "allow" else "denied"
        yield case(f"{operator} {count:,}, {word}",
                   [("identity", policy(statement))], expect,
                   group=f"{operator} values", n=count,
                   context={"aws:PrincipalTag/team": tag})


def stacks():
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    region = policy(
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
         "Condition": {"StringNotEquals": {
             "aws:RequestedRegion": ["us-west-2", "us-east-1"]}}})
    boundary = policy({"Effect": "Allow", "Action": ["bedrock:*", "s3:*"],
                       "Resource": "*"})
    base = [("identity", policy(mission()))]
    middle = [*base, ("boundary", boundary), ("scp", everything, 0),
              ("scp", region, 1)]
    whole = [*middle, ("scp", everything, 2), ("identity", boundary),
             ("identity", region)]
    for name, layers, n in (("identity, boundary, two SCPs", middle, 4),
                            ("seven policies", whole, 7)):
        for place, expect in (("us-west-2", "allow"),
                              ("eu-west-1", "explicit deny")):
            word = "allowed" if expect == "allow" else "denied"
            yield case(f"{name}, {word}", layers, expect, group="stack", n=n,
                       context={"aws:SourceIp": INSIDE,
                                "aws:RequestedRegion": place})


def managed():
    """AWS managed policies, from the collection."""
    folder = corpus("dev", "1-aws-managed-policies", "policies")
    if not folder:
        return
    for name, action, resource, expect in (
            ("AdministratorAccess", ACTION, MODEL, "allow"),
            ("AmazonBedrockFullAccess", ACTION, MODEL, "allow"),
            ("ReadOnlyAccess", "s3:GetObject", S3_OBJECT, "allow"),
            ("ReadOnlyAccess", "s3:PutObject", S3_OBJECT, "implicit deny"),
            ("PowerUserAccess", "iam:CreateUser",
             "arn:aws:iam::123456789012:user/x", "implicit deny"),
            ("SecurityAudit", "s3:GetObject", S3_OBJECT, "implicit deny")):
        path = folder / f"{name}.json"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            word = "allowed" if expect == "allow" else "denied"
            yield case(f"{name} ({len(text) / 1000:.1f} KB), {word}",
                       [("identity", text)], expect, group="managed",
                       n=len(text), action=action, resource=resource)


def hostile():
    stars = "*a" * 64
    for name, pattern, text, expect in (
            ("64 stars", f"arn:aws:s3:::bucket/{stars}b", "a" * 4096,
             "implicit deny"),
            ("64 stars, allowed", f"arn:aws:s3:::bucket/{stars}b",
             "a" * 4096 + "b", "allow"),
            ("64 question marks and stars",
             "arn:aws:s3:::bucket/" + "?*" * 64 + "b", "a" * 4096,
             "implicit deny")):
        yield case(name, [("identity", policy(
            {"Effect": "Allow", "Action": "s3:GetObject",
             "Resource": pattern}))], expect, group="hostile globs", n=64,
            action="s3:GetObject", resource=f"arn:aws:s3:::bucket/{text}")


def compiled():
    """Texts to compile; the largest are all managed policies in a row."""
    folder = corpus("dev", "1-aws-managed-policies", "policies")
    if not folder:
        return
    paths = sorted(folder.glob("*.json"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    six = min(texts, key=lambda text: abs(len(text) - 6144))
    yield case("a managed policy of 6 KB", [("identity", six)], None,
               group="compile", n=len(six), context={})
    yield case(f"{len(texts)} managed policies",
               [("identity", text) for text in texts], None, group="compile",
               n=sum(map(len, texts)), context={})


def cases(quick=False):
    yield from both("mission", 1, [mission()], name="the mission's policy")
    for count in (10, 1000) if quick else (1, 10, 100, 1000):
        yield from growing_statements(count)
    for count in (2, 10000) if quick else (2, 64, 1000, 10000):
        yield from growing_cidrs(count)
    for operator in ("StringEquals", "StringLike"):
        for count in (100,) if quick else (1, 100, 10000):
            yield from growing_values(count, operator)
    yield from stacks()
    yield from hostile()
    if not quick:
        yield from managed()
        yield from compiled()


def write(path, quick=False):
    """The cases as a file, one a line; the list of them."""
    found = list(cases(quick))
    for entry in found:
        request = entry["scenario"]["requests"][0]
        if request["expect"] is None:
            del request["expect"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(entry) + "\n" for entry in found))
    return found
