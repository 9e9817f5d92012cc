package catalog

import (
	"fmt"
	"strings"
)

// sentence writes a part of a plan's summary in the reader's language.
func sentence(language, name string, pairs ...any) string {
	texts := sentences()[name]
	text := texts[0]
	if strings.HasPrefix(language, "zh") {
		text = texts[1]
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

// sentences are the parts of a summary, in English and in Chinese.
func sentences() map[string][2]string {
	return map[string][2]string{
		"create":        {"Create {kind} {name}", "新建{kind} {name}"},
		"update":        {"Change {kind} {name}", "修改{kind} {name}"},
		"delete":        {"Delete {kind} {name}", "删除{kind} {name}"},
		"add_field":     {"add the field {field}", "新增字段 {field}"},
		"restore_field": {"bring back the field {field} with its values", "恢复字段 {field} 及其数据"},
		"remove_field":  {"remove the field {field}; its values are kept for 30 days", "移除字段 {field}，数据保留 30 天"},
		"retype_field":  {"change the type of {field}", "更改 {field} 的类型"},
		"add_index":     {"index {fields}", "为 {fields} 建立索引"},
		"lost":          {"{count} values cannot be converted, such as “{value}”", "{count} 个值无法转换，例如「{value}」"},
		"colon":         {": ", "："},
		"semicolon":     {"; ", "；"},
	}
}

func (s *Service) kindTitle(language, name string) string {
	kind, _ := s.schemas.Kinds().Get(name)
	if strings.HasPrefix(language, "zh") {
		return kind.Chinese
	}
	return kind.English
}
