// SPDX-License-Identifier: Apache-2.0
// @cloud-copilot/iam-simulate as a program that bench/suites/decide.py asks, of
// its own, as its licence is the AGPL: main.js FORM CASES, then lines of "INDEX
// WORK MILLISECONDS".  FORM: "checked" is its public runSimulation(), "unsafe"
// its public runUnsafeSimulation(), which validates nothing, and "prepared" what
// that calls once policies are loaded and the request is made.
import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { loadPolicy } from "@cloud-copilot/iam-policy";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const inner = new URL(
  "./node_modules/@cloud-copilot/iam-simulate/dist/esm/", import.meta.url);
const { authorize } = await import(
  new URL("core_engine/CoreSimulatorEngine.js", inner));
const { DiscoveryContextKeyConstraints } = await import(
  new URL("context_keys/discoveryContextKeyConstraints.js", inner));
const { AwsRequestImpl } = await import(new URL("request/request.js", inner));
const { RequestContextImpl } = await import(
  new URL("requestContext.js", inner));

const [form, path] = process.argv.slice(2);

function now() {
  const use = process.cpuUsage();
  return (use.user + use.system) * 1000;
}

async function perWork(wanted, work) {
  for (let n = 1; ; n *= 2) {
    const start = now();
    if (form === "checked")
      for (let i = 0; i < n; i++) await work();
    else
      for (let i = 0; i < n; i++) work();
    const took = now() - start;
    if (took >= wanted) return took / n;
  }
}

function levels(entries) {
  const found = [];
  for (const entry of entries) {
    const level = entry.level ?? 0;
    found[level] ??= { orgIdentifier: `level-${level}`, policies: [] };
    found[level].policies.push(
      { name: `p${level}`, policy: JSON.parse(entry.policy) });
  }
  return found.filter(Boolean);
}

function simulation(entry) {
  const asked = entry.scenario.requests[0];
  const of = (kind) => entry.scenario.policies.filter((p) => p.kind === kind);
  const named = (kind) => of(kind).map(
    (p, i) => ({ name: `${kind}-${i}`, policy: JSON.parse(p.policy) }));
  return {
    request: {
      principal: asked.principal,
      action: asked.action,
      resource: { resource: asked.resource, accountId: "123456789012" },
      contextVariables: asked.context,
    },
    identityPolicies: named("identity"),
    serviceControlPolicies: levels(of("scp")),
    resourceControlPolicies: levels(of("rcp")),
    permissionBoundaryPolicies:
      of("boundary").length ? named("boundary") : undefined,
  };
}

function prepared(s) {
  const load = (list) => list.map((p) => loadPolicy(p.policy, { name: p.name }));
  const loadLevels = (list) => list.map(
    (l) => ({ orgIdentifier: l.orgIdentifier, policies: load(l.policies) }));
  return {
    request: new AwsRequestImpl(
      s.request.principal, s.request.resource, s.request.action,
      new RequestContextImpl(s.request.contextVariables)),
    sessionPolicy: undefined,
    identityPolicies: load(s.identityPolicies),
    serviceControlPolicies: loadLevels(s.serviceControlPolicies),
    resourceControlPolicies: loadLevels(s.resourceControlPolicies),
    resourcePolicy: undefined,
    permissionBoundaries: s.permissionBoundaryPolicies
      ? load(s.permissionBoundaryPolicies) : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: { s3: {} },
  };
}

function asker(entry) {
  const s = simulation(entry);
  if (form === "checked")
    return async () => {
      const result = await runSimulation(s, {});
      if (result.errors) throw new Error(JSON.stringify(result.errors));
      return result.overallResult;
    };
  if (form === "unsafe") return () => runUnsafeSimulation(s, {});
  const request = prepared(s);
  return () => authorize(request).result;
}

function compiler(entry) {
  const texts = entry.scenario.policies.map((p) => p.policy);
  return () => texts.forEach((text) => loadPolicy(JSON.parse(text)));
}

async function answer(entry, work, wanted) {
  try {
    const first = !entry.asker;
    entry.asker ??= asker(entry);
    const outcome = await entry.asker();
    // What runs often is compiled; a round is too short for that.
    if (first) await perWork(6e7, entry.asker);
    const word = outcome === "Allowed" ? "allow" : "deny";
    if (work === "check")
      return { ns: await perWork(wanted, entry.asker), answer: word };
    if (work === "compile" && form === "prepared")
      return { ns: await perWork(wanted, compiler(entry)), answer: word };
    return { cannot: `no ${work} here` };
  } catch (error) {
    return { cannot: String(error.message ?? error).slice(0, 200) };
  }
}

const entries = readFileSync(path, "utf8").trim().split("\n").map(
  (line) => JSON.parse(line));
await perWork(1.5e9, asker(entries[0]));
console.log(JSON.stringify({ ready: entries.length }));
for await (const line of createInterface({ input: process.stdin })) {
  const [index, work, milliseconds] = line.split(" ");
  console.log(JSON.stringify(
    await answer(entries[Number(index)], work, Number(milliseconds) * 1e6)));
}
