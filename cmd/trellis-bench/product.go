package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// definitions are the object that is measured and the role of who may see and
// change only his own.
//
//go:embed definitions.json
var definitions []byte

const (
	adminMail          = "admin@bench.example"
	representativeMail = "representative@bench.example"
)

// startProduct sets the product up on an empty database as its administrator
// would, and starts it.
func startProduct(ctx context.Context, program string, database *database) (*target, error) {
	password := filepath.Join(database.dir, "password")
	if err := os.WriteFile(password, []byte("correct horse battery staple 7"), 0o600); err != nil {
		return nil, err
	}
	command := func(name string, args ...string) (string, error) {
		all := append(append([]string{name}, database.forProduct()...), args...)
		var said strings.Builder
		run := exec.CommandContext(ctx, program, all...) //nolint:gosec // the caller's own program
		run.Stderr = &said
		out, err := run.Output()
		if err != nil {
			return "", fmt.Errorf("%s %s: %w: %s", program, name, err, said.String())
		}
		return strings.TrimSpace(string(out)), nil
	}
	if _, err := command("setup", "--org", "Bench", "--email", adminMail, "--password-file", password,
		"--locale", "en", "--timezone", "UTC", "--currency", "EUR"); err != nil {
		return nil, err
	}
	key, err := command("token", "--email", adminMail, "--name", "bench")
	if err != nil {
		return nil, err
	}
	process, err := start(ctx, "/readyz", program, append([]string{"serve"}, database.forProduct()...)...)
	if err != nil {
		return nil, err
	}
	product := newTarget("the product", ordinary{}, process, key)
	product.mintKey = func(mail string) (string, error) { return command("token", "--email", mail, "--name", "bench") }
	var answer struct{}
	apply := request{method: "POST", path: "/api/v1/meta/_apply", body: definitions, status: 200}
	return product, product.read(apply, &answer)
}

// invite makes the representative and another person, and gives their ids and
// the product as the representative meets it.
func invite(product *target) (representative, other string, restricted *target, err error) {
	var ids [2]string
	for i, mail := range []string{representativeMail, "other@bench.example"} {
		person := map[string]any{"name": mail, "email": mail, "roles": []string{"bench_representative"}}
		var answer struct{ Data struct{ ID string } }
		create := request{method: "POST", path: "/api/v1/records/user", body: text(person), status: 201, records: 1}
		if err := product.read(create, &answer); err != nil {
			return "", "", nil, err
		}
		ids[i] = answer.Data.ID
	}
	key, err := product.mintKey(representativeMail)
	if err != nil {
		return "", "", nil, err
	}
	restricted = newTarget("the product, restricted", ordinary{}, product.process, key)
	restricted.admit = func(l lead) lead {
		l.Mobile = "" // hidden from the role
		return l
	}
	return ids[0], ids[1], restricted, nil
}
