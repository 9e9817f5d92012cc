package main

import (
	"fmt"
	"strings"
)

// lead is one record as both servers take it.
type lead struct {
	Name    string `json:"name"`
	Company string `json:"company"`
	Email   string `json:"email"`
	Mobile  string `json:"mobile,omitempty"`
	Status  string `json:"status"`
	Source  string `json:"source"`
	Score   int    `json:"score"`
	Owner   string `json:"owner,omitempty"`
}

func statuses() []string { return []string{"new", "working", "waiting", "won", "lost"} }

func sources() []string { return []string{"website", "referral", "fair", "phone", "partner"} }

func people() []string {
	return []string{
		"Anna Berg", "李雷", "Ben Okafor", "韩梅梅", "Chiara Rossi", "David Kim", "王芳", "Elena Petrova",
		"Farid Haddad", "张伟", "Grace Liu", "Hugo Martin", "Ines Silva", "陈静", "Jonas Weber", "Kavya Rao",
	}
}

// words is how many different words company names are made of: a search for
// one finds some twenty of 100,000 leads.
const words = 5000

// searched is a word that stands in every words-th company and nowhere else.
func searched(i int) string {
	syllables := []string{"ba", "ke", "lin", "mor", "nu", "par", "qui", "ros", "tal", "ves"}
	var b strings.Builder
	for n := i % words; b.Len() == 0 || n > 0; n /= 10 {
		b.WriteString(syllables[n%10])
	}
	return "z" + b.String() + "x"
}

// loaded is the i-th lead that is there before anything is measured.
func loaded(i int, owner string) lead {
	l := added(i)
	l.Company = fmt.Sprintf("%s Trading %d", searched(i), i%97)
	l.Owner = owner
	return l
}

// mine says whether the i-th lead belongs to the representative. Four in five
// do, so that his requests pay for his rights and not for the rarity of his
// leads.
func mine(i int) bool { return scattered(i, 3)%5 != 0 }

// added is a lead that is created under the measurement; no search finds it.
func added(i int) lead {
	return lead{
		Name:    people()[scattered(i, 0)%len(people())],
		Company: fmt.Sprintf("Meadow Works %d", i),
		Email:   fmt.Sprintf("contact%d@company.example", i),
		Mobile:  fmt.Sprintf("+86138%08d", i%100_000_000),
		Status:  statuses()[scattered(i, 1)%len(statuses())],
		Source:  sources()[scattered(i, 2)%len(sources())],
		Score:   scattered(i, 4) % 100,
	}
}

// scattered is a number that depends on i and salt without showing it.
func scattered(i, salt int) int {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(salt)*0xbf58476d1ce4e5b9 //nolint:gosec // both are small and positive
	x = (x ^ x>>31) * 0x94d049bb133111eb
	return int(x >> 40)
}
