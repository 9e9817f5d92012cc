package transfer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/trellis-crm/trellis/engine/access"
	"github.com/trellis-crm/trellis/engine/field"
	"github.com/trellis-crm/trellis/engine/metadata"
)

// The confidence of a guessed mapping.
const (
	high   = "high"
	medium = "medium"
	none   = "none"
)

// synonyms are what people call the fields that most tables have.
func synonyms() map[string][]string {
	return map[string][]string{
		"name":    {"name", "fullname", "contact", "contactname", "姓名", "联系人", "名称", "客户姓名", "客户名称"},
		"company": {"company", "companyname", "organisation", "organization", "account", "公司", "公司名称", "企业", "企业名称", "单位", "客户公司"},
		"mobile":  {"mobile", "mobilephone", "cell", "cellphone", "phone", "phonenumber", "tel", "telephone", "手机", "手机号", "手机号码", "电话", "联系电话"},
		"phone":   {"phone", "phonenumber", "tel", "telephone", "电话", "固话", "座机", "联系电话"},
		"email":   {"email", "emailaddress", "mail", "邮箱", "电子邮箱", "邮件", "邮箱地址"},
		"source":  {"source", "leadsource", "channel", "来源", "渠道", "来源渠道", "线索来源"},
		"city":    {"city", "town", "城市", "所在城市"},
		"address": {"address", "地址", "联系地址"},
		"website": {"website", "url", "homepage", "网站", "网址", "官网"},
		"owner":   {"owner", "assignee", "salesperson", "负责人", "所有人", "跟进人"},
		"demand":  {"notes", "note", "remark", "remarks", "comment", "备注", "需求", "说明"},
		"status":  {"status", "state", "状态", "线索状态"},
	}
}

// plainTitle is a title without what people write differently.
func plainTitle(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// titles are all names of a field: its own, its titles, and what people call
// such a field.
func titles(f *field.Field) []string {
	names := []string{plainTitle(f.Name), plainTitle(f.Title.Base)}
	for _, title := range f.Title.Other {
		names = append(names, plainTitle(title))
	}
	return names
}

// idsOf tells whether a column says that it has ids, and the title of the field
// whose they are.
func idsOf(title string) (of string, ids bool) {
	return strings.CutSuffix(strings.TrimSpace(title), idMark)
}

// linking is the field of that title whose values name records.
func linking(object *metadata.Object, title string) *field.Field {
	wanted := plainTitle(title)
	for _, f := range object.Fields {
		if f.Links() && slices.Contains(titles(f), wanted) {
			return f
		}
	}
	return nil
}

// guess finds the field that a column's title means, among those that may be
// written and are not taken yet.
func guess(object *metadata.Object, writable func(f *field.Field) bool, title string, taken map[string]bool) (name, confidence string) {
	free := func(f *field.Field) bool { return !taken[f.Name] && writable(f) }
	if of, ids := idsOf(title); ids {
		if f := linking(object, of); f != nil && free(f) {
			return f.Name, high
		} else if f != nil {
			return "", none
		}
	}
	wanted := plainTitle(title)
	if wanted == "" {
		return "", none
	}
	for _, f := range object.Fields {
		if free(f) && slices.Contains(titles(f), wanted) {
			return f.Name, high
		}
	}
	if linking(object, title) != nil { // the names, whose ids are beside them
		return "", none
	}
	for _, f := range object.Fields {
		if free(f) && slices.Contains(synonyms()[f.Name], wanted) {
			return f.Name, high
		}
	}
	for _, f := range object.Fields {
		if !free(f) {
			continue
		}
		for _, name := range append(titles(f), synonyms()[f.Name]...) {
			if len([]rune(name)) >= 2 && (strings.HasSuffix(wanted, name) || strings.HasPrefix(wanted, name)) {
				return f.Name, medium
			}
		}
	}
	return "", none
}

// writableIn tells which fields an actor may fill by an import: those that he
// may write, and the id, by which records are found again.
func writableIn(policy *access.Policy, actor *access.Actor, object *metadata.Object) (func(f *field.Field) bool, error) {
	create, err := policy.Decide(actor, object, access.Create)
	if err != nil {
		return nil, err
	}
	update, err := policy.Decide(actor, object, access.Update)
	if err != nil {
		return nil, err
	}
	return func(f *field.Field) bool {
		return f.Name == metadata.FieldID || f.Lines == nil && f.Files == nil && (create.Writable(f) || update.Writable(f))
	}, nil
}
