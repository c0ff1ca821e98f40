// Judges pods by Kubernetes' own rules of the Pod Security level `restricted`. Reads a JSON list of {name, pod} on standard
// input, where pod is a pod template, and writes a JSON list of what is wrong.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type named struct {
	Name string                 `json:"name"`
	Pod  corev1.PodTemplateSpec `json:"pod"`
}

func main() {
	if err := judge(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func judge() error {
	var pods []named
	if err := json.NewDecoder(os.Stdin).Decode(&pods); err != nil {
		return err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return err
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.MajorMinorVersion(1, 34)}
	found := []string{}
	for _, each := range pods {
		results := evaluator.EvaluatePod(restricted, &each.Pod.ObjectMeta, &each.Pod.Spec)
		if all := policy.AggregateCheckResults(results); !all.Allowed {
			found = append(found, each.Name+": "+all.ForbiddenDetail())
		}
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}
