// SPDX-License-Identifier: Apache-2.0
//! iam-rs and cedar-policy as programs that bench/suites/decide.py asks:
//! decide iam-rs|cedar CASES, then lines of "INDEX WORK MILLISECONDS".

use cedar_policy as cedar;
use serde_json::{json, Value};
use std::hint::black_box;
use std::io::{stdin, BufRead};
use std::str::FromStr;

fn now() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 * 1e9 + t.tv_nsec as f64
}

/// Nanoseconds of one, over at least `wanted` of them.
fn per_work(wanted: f64, mut work: impl FnMut()) -> f64 {
    let mut n = 1u64;
    loop {
        let start = now();
        for _ in 0..n {
            work();
        }
        let took = now() - start;
        if took >= wanted {
            return took / n as f64;
        }
        n *= 2;
    }
}

trait Engine {
    /// "allow" or "deny".
    fn check(&self) -> Result<&'static str, String>;
    fn compile(&self) -> Result<(), String>;
}

// --- iam-rs ----------------------------------------------------------------

struct IamRs {
    evaluator: iam_rs::PolicyEvaluator,
    request: iam_rs::IAMRequest,
    texts: Vec<String>,
}

fn identity_texts(case: &Value) -> Result<Vec<String>, String> {
    let policies = case["scenario"]["policies"].as_array().unwrap();
    let mut texts = Vec::new();
    for entry in policies {
        if entry["kind"] != "identity" {
            return Err(format!("knows no {} policy", entry["kind"]));
        }
        texts.push(entry["policy"].as_str().unwrap().to_string());
    }
    Ok(texts)
}

fn iam_rs(case: &Value) -> Result<Box<dyn Engine>, String> {
    let asked = &case["scenario"]["requests"][0];
    let texts = identity_texts(case)?;
    let mut policies = Vec::new();
    for text in &texts {
        let policy: iam_rs::IAMPolicy =
            serde_json::from_str(text).map_err(|e| e.to_string())?;
        policies.push(policy);
    }
    let mut context = iam_rs::Context::new();
    for (key, value) in asked["context"].as_object().unwrap() {
        context.insert(
            key.clone(),
            iam_rs::ContextValue::String(value.as_str().unwrap().to_string()),
        );
    }
    let word = |key: &str| asked[key].as_str().unwrap().to_string();
    let principal =
        iam_rs::Principal::Aws(iam_rs::PrincipalId::String(word("principal")));
    let resource =
        iam_rs::Arn::parse(&word("resource")).map_err(|e| e.to_string())?;
    let options = iam_rs::EvaluationOptions {
        max_statements: usize::MAX,
        ..Default::default()
    };
    Ok(Box::new(IamRs {
        evaluator: iam_rs::PolicyEvaluator::with_policies(policies)
            .with_options(options),
        request: iam_rs::IAMRequest::new_with_context(
            principal,
            word("action"),
            resource,
            context,
        ),
        texts,
    }))
}

impl Engine for IamRs {
    fn check(&self) -> Result<&'static str, String> {
        match self.evaluator.evaluate(&self.request) {
            Ok(result) => match result.decision {
                iam_rs::Decision::Allow => Ok("allow"),
                _ => Ok("deny"),
            },
            Err(e) => Err(e.to_string()),
        }
    }

    fn compile(&self) -> Result<(), String> {
        for text in &self.texts {
            let policy: iam_rs::IAMPolicy =
                serde_json::from_str(text).map_err(|e| e.to_string())?;
            black_box(policy);
        }
        Ok(())
    }
}

// --- Cedar -----------------------------------------------------------------

struct Cedar {
    authorizer: cedar::Authorizer,
    policies: cedar::PolicySet,
    entities: cedar::Entities,
    request: cedar::Request,
    text: String,
}

fn cedar_engine(case: &Value) -> Result<Box<dyn Engine>, String> {
    let Some(text) = case["cedar"]["policies"].as_str() else {
        return Err("this case has no equivalent".to_string());
    };
    let asked = &case["scenario"]["requests"][0];
    let said = |e: &dyn std::fmt::Display| e.to_string();
    let uid = |text: String| cedar::EntityUid::from_str(&text).unwrap();
    let entities = cedar::Entities::from_json_value(
        json!([{"uid": {"type": "Model", "id": "m"}, "parents": [],
                "attrs": {"arn": asked["resource"]}}]),
        None,
    )
    .map_err(|e| said(&e))?;
    let context = cedar::Context::from_json_value(
        json!({"source": {"__extn": {"fn": "ip",
               "arg": case["cedar"]["source"]}}}),
        None,
    )
    .map_err(|e| said(&e))?;
    let action = asked["action"].as_str().unwrap();
    Ok(Box::new(Cedar {
        authorizer: cedar::Authorizer::new(),
        policies: cedar::PolicySet::from_str(text).map_err(|e| said(&e))?,
        entities,
        request: cedar::Request::new(
            uid("User::\"bedrock-api\"".to_string()),
            uid(format!("Action::\"{action}\"")),
            uid("Model::\"m\"".to_string()),
            context,
            None,
        )
        .map_err(|e| said(&e))?,
        text: text.to_string(),
    }))
}

impl Engine for Cedar {
    fn check(&self) -> Result<&'static str, String> {
        let response = self.authorizer.is_authorized(
            &self.request,
            &self.policies,
            &self.entities,
        );
        match response.decision() {
            cedar::Decision::Allow => Ok("allow"),
            cedar::Decision::Deny => Ok("deny"),
        }
    }

    fn compile(&self) -> Result<(), String> {
        let set = cedar::PolicySet::from_str(&self.text)
            .map_err(|e| e.to_string())?;
        black_box(set);
        Ok(())
    }
}

// --- the program -----------------------------------------------------------

fn answer(engine: &dyn Engine, work: &str, wanted: f64) -> Value {
    let word = match engine.check() {
        Ok(word) => word,
        Err(why) => return json!({"cannot": why}),
    };
    let ns = match work {
        "check" => per_work(wanted, || {
            let _ = black_box(engine.check());
        }),
        "compile" => {
            if let Err(why) = engine.compile() {
                return json!({"cannot": why});
            }
            per_work(wanted, || {
                let _ = black_box(engine.compile());
            })
        }
        _ => return json!({"cannot": format!("no {work} here")}),
    };
    json!({"ns": ns, "answer": word})
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let cases = std::fs::read_to_string(&arguments[2]).unwrap();
    let make = match arguments[1].as_str() {
        "cedar" => cedar_engine,
        _ => iam_rs,
    };
    let engines: Vec<_> = cases
        .lines()
        .map(|line| make(&serde_json::from_str(line).unwrap()))
        .collect();
    println!("{}", json!({"ready": engines.len()}));
    for line in stdin().lock().lines() {
        let line = line.unwrap();
        let part: Vec<&str> = line.split(' ').collect();
        let index: usize = part[0].parse().unwrap();
        let wanted: f64 = part[2].parse().unwrap();
        let told = match &engines[index] {
            Ok(engine) => answer(engine.as_ref(), part[1], wanted * 1e6),
            Err(why) => json!({"cannot": why}),
        };
        println!("{told}");
    }
}
