// SPDX-License-Identifier: Apache-2.0

// Command minio asks github.com/minio/pkg/v3/policy, which knows the services
// of a MinIO server only: so each case is given as one of the same shape about
// S3.  A program of its own, as its licence is the AGPL.  See
// bench/suites/decide.py.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/minio/pkg/v3/policy"
)

type s3 struct{ Policy, Action, Bucket, Object string }

type testCase struct {
	S3       *s3
	Scenario struct {
		Requests []struct{ Context map[string]string }
	}
}

type engine struct {
	text   string
	policy *policy.Policy
	args   policy.Args
	cannot string
}

func now() float64 {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		panic("no time")
	}
	return float64(use.Utime.Nano() + use.Stime.Nano())
}

func perWork(wanted float64, work func()) float64 {
	for n := 1; ; n *= 2 {
		start := now()
		for i := 0; i < n; i++ {
			work()
		}
		if took := now() - start; took >= wanted {
			return took / float64(n)
		}
	}
}

func newEngine(line string) engine {
	var c testCase
	if err := json.Unmarshal([]byte(line), &c); err != nil {
		return engine{cannot: err.Error()}
	}
	if c.S3 == nil {
		return engine{cannot: "this case has no equivalent"}
	}
	parsed, err := policy.ParseConfig(strings.NewReader(c.S3.Policy))
	if err != nil {
		return engine{cannot: err.Error()}
	}
	values := map[string][]string{}
	for key, value := range c.Scenario.Requests[0].Context {
		// Its keys have no prefix.
		values[strings.TrimPrefix(key, "aws:")] = []string{value}
	}
	return engine{text: c.S3.Policy, policy: parsed, args: policy.Args{
		Action: policy.Action(c.S3.Action), BucketName: c.S3.Bucket,
		ObjectName: c.S3.Object, ConditionValues: values}}
}

var kept bool

func answer(e *engine, work string, wanted float64) map[string]any {
	if e.cannot != "" {
		return map[string]any{"cannot": e.cannot}
	}
	word := "deny"
	if e.policy.IsAllowed(e.args) {
		word = "allow"
	}
	var ns float64
	switch work {
	case "check":
		ns = perWork(wanted, func() { kept = e.policy.IsAllowed(e.args) })
	case "compile":
		ns = perWork(wanted, func() {
			parsed, err := policy.ParseConfig(strings.NewReader(e.text))
			kept = err == nil && parsed != nil
		})
	default:
		return map[string]any{"cannot": "no " + work + " here"}
	}
	return map[string]any{"ns": ns, "answer": word}
}

func say(what map[string]any) {
	text, _ := json.Marshal(what)
	fmt.Println(string(text))
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var engines []engine
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		engines = append(engines, newEngine(line))
	}
	say(map[string]any{"ready": len(engines)})
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var index int
		var work string
		var milliseconds float64
		fmt.Sscan(in.Text(), &index, &work, &milliseconds)
		say(answer(&engines[index], work, milliseconds*1e6))
	}
}
