// Reads an in-toto statement with SLSA provenance by in-toto's own library, which refuses members
// that it does not know. Prints what is wrong; status 1 then.
package main

import (
	"fmt"
	"os"

	provenance "github.com/in-toto/attestation/go/predicates/provenance/v1"
	attestation "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// How in-toto's registry of predicates names what is read here.
const predicateType = "https://slsa.dev/provenance/v1"

func check(text []byte) error {
	var statement attestation.Statement
	var predicate provenance.Provenance

	if err := protojson.Unmarshal(text, &statement); err != nil {
		return err
	}
	if err := statement.Validate(); err != nil {
		return err
	}
	if statement.GetPredicateType() != predicateType {
		return fmt.Errorf("predicate type is %q", statement.GetPredicateType())
	}
	inner, err := protojson.Marshal(statement.GetPredicate())
	if err != nil {
		return err
	}
	if err := protojson.Unmarshal(inner, &predicate); err != nil {
		return err
	}
	return predicate.Validate()
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = check(text)
	}
	if err != nil {
		fmt.Println("in-toto:", err)
		os.Exit(1)
	}
}
