package main

import (
	"testing"

	"lgsp.internal/adapter/plugins/cases"
)

// The cases are messages of the department, each with what must become of it.
func TestTheCasesHold(t *testing.T) {
	all, err := cases.Read("services/ten-plugin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			for _, diff := range c.Run(t.Context(), mapper{}) {
				t.Error(diff)
			}
		})
	}
}
