package strictxml_test

import (
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

func TestEveryElementHasItsPlace(t *testing.T) {
	doc, places, err := strictxml.ParsePlaced([]byte("\uFEFF<?xml version=\"1.0\"?>\r\n<a>Mẫu <b/>\r\n  <!-- c --><c\n x='1'><d/></c></a>"), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{"/a": {2, 1}, "/a/b": {2, 8}, "/a/c": {3, 13}, "/a/c/d": {4, 8}} {
		if line, col := places.Of(doc.FindElement(path)); line != want[0] || col != want[1] {
			t.Errorf("%s is at %d:%d, want %d:%d", path, line, col, want[0], want[1])
		}
	}
	if line, col := places.Of(etree.NewElement("b")); line != 0 || col != 0 {
		t.Errorf("an element of nowhere is at %d:%d", line, col)
	}
}
