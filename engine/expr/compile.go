package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// The most that one expression may hold.
const (
	maxTests = 200   // comparisons and text tests
	maxList  = 1_000 // members of a list
	maxPath  = 3     // names in account.owner.name
)

// Program is an expression that was checked for an object and a use.
type Program struct {
	Source string
	Root   *Node
	Type   Type
	run    evaluate
	named  []Named

	calendars []string
}

// Named is a field that an expression names, or with Option one of its
// options.
type Named struct{ Object, Field, Option string }

// Named are the fields and the options that the expression names, each once,
// with the object that each field is of.
func (p *Program) Named() []Named { return p.named }

// Compile parses and checks an expression about an object. Every error is an
// *Error.
func Compile(schema Schema, object, text string, use Use) (*Program, error) {
	s, fault := scan(text, use.Length)
	if fault != nil {
		return nil, fault
	}
	c := &compiler{
		language: theLanguage(), source: s, schema: schema, object: object, use: use,
		nodes: map[int64]*Node{}, fields: map[*Node]Field{}, logic: map[int64]string{},
	}
	root, fault := c.compile()
	if fault != nil {
		return nil, fault
	}
	program := &Program{Source: text, Root: root, Type: Type{Kind: root.Kind}}
	if field, ok := c.fields[root]; ok {
		program.Type = field.Type
	}
	if !fits(root.Kind, use.Result) {
		return nil, s.failAt(CodeWrongResult, 0, len(s.tokens), "expected", use.Result.String(), "actual", root.Kind.String())
	}
	program.run, program.named, program.calendars = c.language.closure(root), c.named, c.calendars
	return program, nil
}

// fits tells whether a value of a kind may stand where another is asked for.
func fits(kind, wanted Kind) bool {
	isText := func(k Kind) bool { return k == Text || k == Record }
	return kind == wanted || kind == Any || wanted == Any || isText(kind) && isText(wanted)
}

// Mentions are the fields that the expression reads, as paths, each once.
func (p *Program) Mentions() [][]string {
	var paths [][]string
	p.Root.walk(func(n *Node) {
		known := slices.ContainsFunc(paths, func(path []string) bool { return slices.Equal(path, n.Path) })
		if (n.Op == opField || n.Op == opPrior) && !known {
			paths = append(paths, n.Path)
		}
	})
	return paths
}

// Climbs tells whether the expression asks where a record lies in a tree of
// records.
func (p *Program) Climbs() bool {
	climbs := false
	p.Root.walk(func(n *Node) { climbs = climbs || n.object != "" })
	return climbs
}

// Path is the field that the expression gives as it is; nil for any other.
func (p *Program) Path() []string {
	if p.Root.Op != opField {
		return nil
	}
	return p.Root.Path
}

// compiler holds what is known about one expression while it is compiled.
type compiler struct {
	language *language
	source   *source
	schema   Schema
	object   string
	use      Use
	tree     *ast.AST
	nodes    map[int64]*Node // what names, numbers and changed() stand for
	fields   map[*Node]Field
	logic    map[int64]string // the && or || whose argument an expression is
	tests    int
	named    []Named

	calendars []string
}

func (c *compiler) names(named Named) {
	if !slices.Contains(c.named, named) {
		c.named = append(c.named, named)
	}
}

func (c *compiler) compile() (*Node, *Error) {
	tree, errors := c.language.parser.Parse(common.NewTextSource(c.source.wrapped))
	if first := firstError(errors); first != nil {
		return nil, c.syntax(first)
	}
	c.tree = tree
	if err := c.resolve(tree.Expr(), 0); err != nil {
		return nil, err
	}
	checked, errors := c.language.check(tree, c.source.wrapped)
	c.tree = checked
	if first := firstError(errors); first != nil {
		return nil, c.mismatch(first)
	}
	return c.lower(checked.Expr())
}

func firstError(errors *common.Errors) *common.Error {
	if errors == nil || len(errors.GetErrors()) == 0 {
		return nil
	}
	return errors.GetErrors()[0]
}

// syntax tells where the parser stopped.
func (c *compiler) syntax(e *common.Error) *Error {
	if e.Location.Line() < 1 { // no place: the parser's own limit of depth
		return c.source.failAt(CodeTooCostly, 0, len(c.source.tokens), "limit", "nesting", "max", maxNesting)
	}
	offset, ok := common.NewTextSource(c.source.wrapped).LocationOffset(e.Location)
	if !ok {
		offset = int32(len(c.source.wrapped)) //nolint:gosec // a text of at most 20,000 characters
	}
	i := c.source.token(int(offset))
	near := min(i, len(c.source.tokens)-1) // what ends too early is not understood behind its last word
	return c.source.failAt(CodeSyntax, i, i, "near", c.source.word(near))
}

// resolve finds what each name means and puts a typed placeholder in its
// place, so that the checker needs to know kinds only. It refuses what the
// parser knows and the language does not have.
func (c *compiler) resolve(e ast.Expr, depth int) *Error {
	if depth > maxNesting {
		return c.fail(e, CodeTooCostly, "limit", "nesting", "max", maxNesting)
	}
	switch e.Kind() {
	case ast.LiteralKind:
		return c.resolveLiteral(e)
	case ast.IdentKind, ast.SelectKind:
		return c.resolveName(e)
	case ast.CallKind:
		return c.resolveCall(e, depth)
	case ast.ListKind:
		return c.resolveSet(e)
	default:
		return c.fail(e, CodeNotAllowed, "what", "{}")
	}
}

func (c *compiler) resolveAll(expressions []ast.Expr, depth int) *Error {
	for _, e := range expressions {
		if err := c.resolve(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) resolveLiteral(e ast.Expr) *Error {
	switch v := e.AsLiteral().(type) {
	case types.String:
		if strings.ContainsRune(string(v), 0) { // PostgreSQL cannot hold it
			return c.fail(e, CodeInvalidLiteral, "value", "\\0", "expected", Text.String())
		}
		return nil
	case types.Bool, types.Null:
		return nil
	default:
		return c.fail(e, CodeNotAllowed, "what", "b\"\"")
	}
}

func (c *compiler) resolveCall(e ast.Expr, depth int) *Error {
	call := e.AsCall()
	name := operatorName(call.FunctionName())
	if c.isNumber(e) {
		return c.resolveNumber(e)
	}
	if name == "changed" && !call.IsMemberFunction() {
		return c.resolveChanged(e)
	}
	if name == "under" && !call.IsMemberFunction() {
		return c.resolveUnder(e)
	}
	if isPart(name) && !call.IsMemberFunction() {
		return c.resolvePart(e, name)
	}
	if isChange(name) && !c.use.Prior {
		return c.fail(e, CodeNotAllowed, "what", name)
	}
	function, ok := c.language.functions[name]
	if !ok || function.Method != call.IsMemberFunction() {
		if slices.Contains([]string{"[]", "has", "all", "exists", "exists_one", "existsOne", "map", "filter"}, name) {
			return c.fail(e, CodeNotAllowed, "what", name)
		}
		return c.fail(e, CodeUnknownFunc, "function", name)
	}
	if function.server && c.use.Browser {
		return c.fail(e, CodeNotAllowed, "what", name)
	}
	if call.IsMemberFunction() {
		if err := c.resolve(call.Target(), depth+1); err != nil {
			return err
		}
	}
	if name == "&&" || name == "||" {
		for _, arg := range call.Args() {
			c.logic[arg.ID()] = name
		}
	}
	if function.test {
		if c.tests++; c.tests > maxTests {
			return c.fail(e, CodeTooCostly, "limit", "comparisons", "max", maxTests)
		}
	}
	args := call.Args()
	if name == "in" && args[1].Kind() == ast.ListKind {
		members := args[1].AsList().Elements()
		if len(members) > maxList {
			return c.fail(e, CodeTooCostly, "limit", "list", "max", maxList)
		}
		args = append([]ast.Expr{args[0]}, members...)
	}
	return c.resolveAll(args, depth)
}

// resolveSet makes a list a set: every member is a text that is written out.
// (The list of an "in" is none, its members may be anything.)
func (c *compiler) resolveSet(e ast.Expr) *Error {
	set := []string{}
	for _, element := range e.AsList().Elements() {
		if err := c.resolve(element, 0); err != nil {
			return err
		}
		literal := element.Kind() == ast.LiteralKind
		text, isText := types.String(""), false
		if literal {
			text, isText = element.AsLiteral().(types.String)
		}
		if !isText && (!literal || element.AsLiteral() != types.NullValue) {
			return c.fail(element, CodeInvalidLiteral, "value", c.source.word(c.start(element)), "expected", Set.String())
		}
		if text != "" && !slices.Contains(set, string(text)) {
			set = append(set, string(text))
		}
	}
	c.replace(e, literal(Set, normal(set)))
	return nil
}

// isNumber tells whether a call is a number that scan wrapped.
func (c *compiler) isNumber(e ast.Expr) bool {
	first, _ := c.span(e)
	return first < len(c.source.tokens) && c.source.tokens[first].kind == numberToken && e.AsCall().FunctionName() == numberCall
}

func (c *compiler) resolveNumber(e ast.Expr) *Error {
	first, _ := c.span(e)
	value := numberLiteral(c.source.word(first))
	if value == nil {
		return c.fail(e, CodeInvalidLiteral, "value", c.source.word(first), "expected", Number.String())
	}
	c.replace(e, literal(Number, value))
	return nil
}

// resolveChanged makes changed(f) a comparison of f with its prior value.
func (c *compiler) resolveChanged(e ast.Expr) *Error {
	call := e.AsCall()
	if !c.use.Prior {
		return c.fail(e, CodeNotAllowed, "what", "changed")
	}
	if len(call.Args()) != 1 {
		return c.fail(e, CodeTypeMismatch, "function", "changed", "types", "")
	}
	arg := call.Args()[0]
	if arg.Kind() != ast.IdentKind {
		return c.fail(arg, CodeNotAllowed, "what", "changed")
	}
	if err := c.resolve(arg, 0); err != nil {
		return err
	}
	field := c.nodes[arg.ID()]
	if field.Op != opField {
		return c.fail(arg, CodeNotAllowed, "what", "changed")
	}
	prior := &Node{Op: opPrior, Kind: field.Kind, Path: field.Path}
	c.replace(e, &Node{Op: "!=", Kind: Bool, Args: []*Node{field, prior}})
	return nil
}

func (c *compiler) resolveName(e ast.Expr) *Error {
	var names []string
	root := e
	for ; root.Kind() == ast.SelectKind; root = root.AsSelect().Operand() {
		names = append(names, root.AsSelect().FieldName())
	}
	if root.Kind() != ast.IdentKind {
		return c.fail(e, CodeNotAllowed, "what", ".")
	}
	names = append(names, root.AsIdent())
	slices.Reverse(names)
	n, field, err := c.name(names, c.start(root))
	if err != nil {
		return err
	}
	c.fields[n] = field
	c.replace(e, n)
	return nil
}

// name finds what a.b.c means; at is the index of its first token.
func (c *compiler) name(names []string, at int) (*Node, Field, *Error) {
	refuse := func(i int, code string, pairs ...any) (*Node, Field, *Error) {
		return nil, Field{}, c.source.failAt(code, at+2*i, at+2*i, pairs...)
	}
	op, object, path, longest := opField, c.object, names, maxPath
	switch {
	case names[0] == "me" && len(names) == 1:
		op, object, path = opMe, userObject, []string{"id"}
	case names[0] == "me":
		op, object, path, longest = opMe, userObject, names[1:], 1
	case names[0] == "prior" && (!c.use.Prior || len(names) == 1):
		return refuse(0, CodeNotAllowed, "what", "prior")
	case names[0] == "prior":
		op, path, longest = opPrior, names[1:], 1
	case len(names) > 1 && !c.use.Paths:
		longest = 1
	}
	skipped := len(names) - len(path)
	if len(names) == 1 {
		skipped = 0
	}
	var field Field
	for i, name := range path {
		if i >= longest && longest == maxPath {
			return refuse(skipped+i, CodeTooCostly, "limit", "path", "max", maxPath)
		}
		if i >= longest {
			return refuse(skipped+i, CodeNotAllowed, "what", strings.Join(names[:skipped+i+1], "."))
		}
		found, ok := c.schema.Field(object, name)
		if !ok || found.Type.Kind == Any {
			return refuse(skipped+i, CodeUnknownField, "field", name, "object", object)
		}
		c.names(Named{Object: object, Field: name})
		found.object = object
		field, object = found, found.Type.Object
		if i < len(path)-1 && field.Type.Kind != Record {
			return refuse(skipped+i+1, CodeUnknownField, "field", path[i+1], "object", name)
		}
	}
	return &Node{Op: op, Kind: field.Type.Kind, Path: path}, field, nil
}

// replace puts a typed placeholder where e was, and remembers what it means.
func (c *compiler) replace(e ast.Expr, n *Node) {
	c.nodes[e.ID()] = n
	e.SetKindCase(ast.NewExprFactory().NewIdent(e.ID(), placeholder(n.Kind)))
}

// mismatch tells which operator or function was given wrong types.
func (c *compiler) mismatch(e *common.Error) *Error {
	found := c.find(c.tree.Expr(), e.ExprID)
	if found == nil {
		return c.source.failAt(CodeTypeMismatch, 0, len(c.source.tokens), "function", "", "types", "")
	}
	if c.tree.GetType(e.ExprID).Kind() != types.ErrorKind || found.Kind() != ast.CallKind {
		return c.fail(found, CodeTypeMismatch, "function", c.logic[e.ExprID], "types", kindName(c.tree.GetType(e.ExprID)))
	}
	var given []string
	for _, arg := range arguments(found) {
		given = append(given, kindName(c.tree.GetType(arg.ID())))
	}
	name := operatorName(found.AsCall().FunctionName())
	return c.fail(found, CodeTypeMismatch, "function", name, "types", strings.Join(given, ", "))
}

func (c *compiler) find(e ast.Expr, id int64) ast.Expr {
	if e.ID() == id {
		return e
	}
	children := []ast.Expr{}
	switch e.Kind() {
	case ast.CallKind:
		children = arguments(e)
	case ast.ListKind:
		children = e.AsList().Elements()
	default:
	}
	for _, child := range children {
		if found := c.find(child, id); found != nil {
			return found
		}
	}
	return nil
}

// arguments are a call's arguments, its target first.
func arguments(e ast.Expr) []ast.Expr {
	call := e.AsCall()
	if call.IsMemberFunction() {
		return append([]ast.Expr{call.Target()}, call.Args()...)
	}
	return call.Args()
}

// fail makes an error about a part of the expression.
func (c *compiler) fail(e ast.Expr, code string, pairs ...any) *Error {
	first, last := c.span(e)
	return c.source.failAt(code, first, last, pairs...)
}

// span finds the tokens of a part: of a name all, of a call its own name.
func (c *compiler) span(e ast.Expr) (first, last int) {
	at := c.start(e)
	switch {
	case c.source.word(at) == "(":
		return at - 1, at - 1
	case c.source.word(at) != ".":
		return at, at
	}
	for first = at; c.source.word(first) == "."; {
		first -= 2
	}
	return first + 1, at + 1
}

func (c *compiler) start(e ast.Expr) int {
	span, ok := c.tree.SourceInfo().GetOffsetRange(e.ID())
	if !ok {
		return len(c.source.tokens)
	}
	return c.source.token(int(span.Start))
}
