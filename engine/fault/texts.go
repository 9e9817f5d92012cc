package fault

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Text is the sentence of a code in a language, English where the language is
// not known.
func Text(language string, code Code, params Params) string {
	sentence, ok := sentences()[code]
	if !ok {
		return string(code)
	}
	text := sentence.en
	if strings.HasPrefix(language, "zh") {
		text = sentence.zh
	}
	return fill(text, params)
}

// fill puts parameters into the {placeholders} of a text. What a parameter
// itself says is never read as a placeholder.
func fill(text string, params Params) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := params[name]
		if !closed || !known {
			b.WriteString("{")
			text = rest
			continue
		}
		fmt.Fprint(&b, value)
		text = after
	}
}

// sentence is what a code says.
type sentence struct{ en, zh string }

// Codes lists every code.
func Codes() []Code { return slices.Sorted(maps.Keys(sentences())) }

var sentences = sync.OnceValue(func() map[Code]sentence { //nolint:gochecknoglobals // a constant table
	return map[Code]sentence{
		BadRequest:          {`The request cannot be understood.`, `无法理解这个请求。`},
		InvalidJSON:         {`The body is not valid JSON.`, `请求内容不是有效的 JSON。`},
		DuplicateKey:        {`The key “{key}” stands twice in one object.`, `同一个对象中「{key}」出现了两次。`},
		TooDeep:             {`The body nests deeper than {max} levels.`, `请求内容的嵌套超过 {max} 层。`},
		BodyTooLarge:        {`The body is larger than {max}.`, `请求内容超过 {max}。`},
		AddressTooLong:      {`The address is longer than {max}.`, `请求地址超过 {max}。`},
		HeaderTooLarge:      {`The header is larger than {max}.`, `请求头超过 {max}。`},
		UnsupportedType:     {`The body must be {expected}.`, `请求内容必须是 {expected}。`},
		InvalidQuery:        {`The query cannot be answered as it is.`, `这个查询条件有误。`},
		InvalidCursor:       {`The cursor does not belong to this query.`, `游标与当前查询不符。`},
		OutOfRange:          {`Must be from {min} to {max}.`, `必须在 {min} 到 {max} 之间。`},
		TooManyGroups:       {`The answer would have more than {max} groups. Narrow the filter or choose a larger unit.`, `结果超过 {max} 组。请缩小筛选范围或选更大的时间单位。`},
		NotGroupable:        {`Records cannot be grouped by “{field}”.`, `不能按「{field}」分组。`},
		NotSortable:         {`Records cannot be sorted by “{field}”.`, `不能按「{field}」排序。`},
		Unauthorized:        {`Sign in first.`, `请先登录。`},
		InvalidCredentials:  {`That account and password don’t match.`, `账号或密码不匹配。`},
		InvalidCode:         {`That code is wrong or was used already. Codes change every 30 seconds.`, `验证码不正确或已用过。验证码每 30 秒更新一次。`},
		SignInExpired:       {`Signing in took too long. Enter your password again.`, `登录已超时，请重新输入密码。`},
		TooManyAttempts:     {`Too many attempts. Try again in {seconds} seconds.`, `尝试次数过多，请在 {seconds} 秒后重试。`},
		TooManyRequests:     {`Too many requests. Try again in {seconds} seconds.`, `请求过于频繁，请在 {seconds} 秒后重试。`},
		CrossSite:           {`The request came from another site and was not carried out.`, `请求来自其他网站，未执行。`},
		Forbidden:           {`You may see this, but not change it.`, `你可以查看，但没有权限执行这个操作。`},
		MissingAbility:      {`This needs the right “{ability}”.`, `需要「{ability}」权限。`},
		NotFound:            {`It does not exist, or you may not see it.`, `不存在，或你没有权限查看。`},
		MethodNotAllowed:    {`This address does not take {method}.`, `该地址不支持 {method}。`},
		Internal:            {`Something went wrong and this step did not run. Reference {request_id}.`, `出了点问题，这一步没有执行。编号 {request_id}。`},
		Unavailable:         {`The server cannot answer just now. Try again shortly.`, `服务器暂时无法响应，请稍后重试。`},
		Busy:                {`The configuration is being changed just now. Try again.`, `配置正在变更，请重试。`},
		StorageFull:         {`The disk is full; nothing was saved.`, `磁盘已满，没有保存任何内容。`},
		TooSlow:             {`The request did not come in to its end in time.`, `请求未能在规定时间内发送完。`},
		TimedOut:            {`The query took too long. Narrow the filter.`, `查询用时过长，请缩小筛选范围。`},
		IdempotencyMismatch: {`This Idempotency-Key was used with another request.`, `这个 Idempotency-Key 已用于另一个请求。`},
		InvalidValues:       {`Not saved: some values need a correction.`, `没有保存：有内容需要修改。`},
		UnknownField:        {`There is no field “{field}”.`, `没有字段「{field}」。`},
		ReadOnly:            {`“{field}” cannot be changed by you.`, `你不能修改「{field}」。`},
		Required:            {`Fill this in.`, `必填。`},
		WrongType:           {`This must be: {expected}.`, `类型应为：{expected}。`},
		InvalidText:         {`This text has characters that cannot be stored.`, `文本含有无法保存的字符。`},
		TooLong:             {`At most {max} characters; this has {length}.`, `最多 {max} 个字符，现在有 {length} 个。`},
		TooShort:            {`At least {min} characters; this has {length}.`, `至少 {min} 个字符，现在有 {length} 个。`},
		PatternMismatch:     {`This does not have the required form.`, `格式不符合要求。`},
		TooSmall:            {`Must not be below {min}.`, `不能小于 {min}。`},
		TooLarge:            {`Must not be above {max}.`, `不能大于 {max}。`},
		NotAMultiple:        {`Must be a multiple of {of}.`, `必须是 {of} 的倍数。`},
		TooManyDecimals:     {`At most {decimals} digits after the point.`, `小数点后最多 {decimals} 位。`},
		UnknownOption:       {`“{value}” is not one of the options.`, `「{value}」不在可选项中。`},
		InactiveOption:      {`“{value}” is no longer offered.`, `「{value}」已停用，不能再选择。`},
		OptionDoesNotFit:    {`“{value}” does not go with what was chosen in “{field}”.`, `「{value}」与「{field}」所选的内容不匹配。`},
		InvalidEmail:        {`This is not a mail address.`, `不是有效的邮箱地址。`},
		InvalidPhone:        {`This is not a telephone number. Add the country code, such as +86.`, `不是有效的电话号码。请加上国家代码，如 +86。`},
		InvalidURL:          {`This is not a web address beginning with http:// or https://.`, `不是以 http:// 或 https:// 开头的网址。`},
		InvalidDate:         {`This is not a date such as 2026-11-21.`, `不是有效的日期，如 2026-11-21。`},
		InvalidInstant:      {`This is not a date and time such as {example}.`, `不是有效的日期时间，如 {example}。`},
		InvalidTime:         {`This is not a time of day such as 09:30.`, `不是有效的时刻，如 09:30。`},
		InvalidDuration:     {`This is not a duration such as 1 h 30 min or 1:30.`, `不是有效的时长，如 1 小时 30 分钟或 1:30。`},
		InvalidTag:          {`A tag has up to {max} characters, and no comma, semicolon or line.`, `标签最多 {max} 个字符，不能含有逗号、分号、顿号、竖线或换行。`},
		TooManyItems:        {`At most {max}; this has {count}.`, `最多 {max} 个，现在有 {count} 个。`},
		UnsafeNumber:        {`A number has more digits than can be kept.`, `数字的位数超出可保存的范围。`},
		InvalidID:           {`This is not the id of a record.`, `不是有效的记录编号。`},
		MissingRecord:       {`This record does not exist, or you may not see it.`, `该记录不存在，或你没有权限查看。`},
		Circle:              {`This lies below the record itself.`, `不能选择自己或自己的下级。`},
		RuleBroken:          {`{message}`, `{message}`},
		Duplicate:           {`Another record already has this value.`, `已有记录使用了这个值。`},
		PossibleDuplicate:   {`This looks like a record that is already there: {display}.`, `系统中可能已有相同的记录：{display}。`},
		Ambiguous:           {`Several records match.`, `有多条记录匹配。`},
		Stale:               {`Somebody changed this meanwhile; it now has version {version}.`, `内容已被他人修改，当前版本为 {version}。`},
		InUse:               {`This is still used.`, `仍在被使用。`},
		NotDeleted:          {`This record is not in the recycle bin.`, `该记录不在回收站中。`},
		ParentDeleted:       {`The {object} that this belongs to is deleted: restore it first, or choose another.`, `所属的{object}已被删除：请先恢复它，或改选另一条。`},
		NotConvertible:      {`This record cannot be converted.`, `该记录不能转化。`},
		NotConverted:        {`This record is not converted.`, `该记录没有转化过。`},
		NotMerged:           {`There is no merge of this record that can be undone.`, `该记录没有可撤销的合并。`},
		UndoExpired:         {`The time in which this could be undone is over.`, `已超过可撤销的期限。`},
		ChangedSince:        {`“{name}” was worked with since; it is not removed.`, `「{name}」之后已有改动，不能撤销。`},
		TooManyRecords:      {`This would affect more than {max} records.`, `将影响超过 {max} 条记录。`},
		TooManyOperations:   {`At most {max} operations at once.`, `一次最多 {max} 个操作。`},
		LastAdministrator:   {`Somebody must remain an active administrator.`, `必须保留至少一名启用的管理员。`},
		AlreadyTaken:        {`Somebody took this record first.`, `该记录已被他人领取。`},
		AlreadyTakenBy:      {`{name} took this record first.`, `该记录已被{name}领取。`},
		NotWaiting:          {`This record does not wait in a pool.`, `该记录不在公海中。`},
		NotOwned:            {`Nobody has this record; there is nothing to return.`, `该记录没有负责人，无需退回。`},
		NotOfPool:           {`This person does not belong to the pool “{pool}”.`, `此人不属于公海「{pool}」。`},
		NoPool:              {`There is no pool that this record could go back to. Choose one.`, `该记录没有可退回的公海，请选择一个。`},
		ClaimQuota:          {`Your {limit} of today are taken, {left} are left. Tomorrow there are more.`, `今天可领的 {limit} 条已用完，剩余 {left} 条，明天可继续领取。`},
		HoldingCap:          {`At most {limit} records of this pool may be held, and {held} are held. Return or finish some first.`, `该公海最多持有 {limit} 条，已持有 {held} 条。请先退回或处理一部分。`},
		ClaimCooldown:       {`Whoever returned a record must leave it to others for {days} days.`, `你退回的记录 {days} 天内须留给他人领取。`},
		InvalidDefinition:   {`Not applied: the definitions have mistakes.`, `没有应用：配置有误。`},
		UnknownKind:         {`“{kind}” is not a kind of definition.`, `「{kind}」不是配置类型。`},
		UnknownKeyword:      {`The keyword “{keyword}” is not known here.`, `此处不支持关键字「{keyword}」。`},
		InvalidKeyword:      {`This does not fit “{keyword}”: {reason}.`, `不符合「{keyword}」的要求：{reason}。`},
		UnknownFieldKind:    {`“{field}” is not a field kind.`, `「{field}」不是字段类型。`},
		ReservedName:        {`The name “{name}” is reserved.`, `名称「{name}」已被系统保留。`},
		NameTaken:           {`The name “{name}” is already used.`, `名称「{name}」已被使用。`},
		DanglingReference:   {`There is no {kind} “{name}”.`, `没有名为「{name}」的{kind}。`},
		FieldDoesNotFit:     {`“{field}” is of a kind that does not fit here. These do: {expected}.`, `「{field}」的字段类型不适用于此处，可用的类型：{expected}。`},
		NotIndexable:        {`“{field}” cannot be part of a key.`, `「{field}」不能作为索引的一部分。`},
		NoOptions:           {`Give options, or name an option set.`, `请给出选项，或指定选项集。`},
		TwoOptionSets:       {`Give either own options or the name of an option set, not both.`, `自有选项和选项集只能选一个。`},
		EmptyRange:          {`The minimum is above the maximum.`, `最小值大于最大值。`},
		InvalidAutonumber:   {`A number’s pattern has one counter such as {0000} and dates such as {yyyyMM}.`, `编号格式需要一个计数如 {0000}，以及日期如 {yyyyMM}。`},
		InvalidExpression:   {`The expression is not valid.`, `表达式无效。`},
		ProtectedDefinition: {`This is part of the product and cannot be taken away.`, `这是产品自带的内容，不能移除。`},
		Destructive:         {`This takes data away; allow it explicitly.`, `此操作会移除数据，需要明确允许。`},
		ApplyRunning:        {`Another change of the configuration is still being prepared. Wait for its end, or cancel it.`, `另一项配置变更仍在处理中，请等待其完成或将其取消。`},
		RevisionConflict:    {`Somebody changed this definition since revision {base}.`, `自版本 {base} 以来该配置已被他人修改。`},
		UnknownRevision:     {`There is no revision {revision}.`, `没有版本 {revision}。`},
		InheritanceCycle:    {`The role inherits from itself.`, `角色继承出现循环。`},
		ComputedCycle:       {`The value would need itself: {path}.`, `计算出现循环：{path}。`},
		NotInForce:          {`This is not in force as long as there is no object “{name}”.`, `对象「{name}」不存在，该扩展暂不生效。`},
		HoursOutOfOrder:     {`{min} to {max} ends before it begins, or begins before the hours above it end. What goes past midnight is two stretches: up to 24:00, and from 00:00 of the next day.`, `{min} 至 {max} 的结束早于开始，或与前一时段重叠。跨过午夜的时段请分成两段：到 24:00，以及次日从 00:00 起。`},
		DayTwice:            {`{value} has an exception already.`, `{value} 已有例外安排。`},
		NeverOpen:           {`A calendar has working hours on at least one day of the week.`, `工作日历每周至少有一天有工作时间。`},
		UnknownText:         {`No definition has the text “{key}”.`, `没有配置使用文本「{key}」。`},
		Syntax:              {`This is not understood near “{near}”.`, `「{near}」附近无法理解。`},
		UnknownFunction:     {`There is no function “{function}”.`, `没有函数「{function}」。`},
		TypeMismatch:        {`“{function}” does not go with: {types}.`, `「{function}」不能用于：{types}。`},
		WrongResult:         {`This should give {expected}, not {actual}.`, `结果应为 {expected}，而不是 {actual}。`},
		NotAllowed:          {`“{what}” cannot be used here.`, `此处不能使用「{what}」。`},
		TooCostly:           {`The expression is too large ({limit}, at most {max}).`, `表达式过大（{limit}，上限 {max}）。`},
		InvalidLiteral:      {`“{value}” is not a valid {expected}.`, `「{value}」不是有效的{expected}。`},
		UnknownCalendar:     {`There is no calendar “{name}”.`, `没有名为「{name}」的工作日历。`},
		NoCalendar:          {`The organisation has no calendar; name one.`, `组织尚未设置工作日历，请指定一个。`},
		WeakPassword:        {`Choose a longer or less common password: at least {min} characters.`, `请使用更长或更不常见的密码，至少 {min} 个字符。`},
		UnknownTimezone:     {`“{value}” is not a time zone.`, `「{value}」不是有效的时区。`},
		NoWayBack:           {`“{name}” needs one lookup to “{value}”; name it in “by” when there are several.`, `「{name}」需要有且仅有一个指向「{value}」的查找字段；如有多个，请用 by 指明。`},
		CurrencyNotUsed:     {`New amounts are not in {value} here. Choose another currency, or ask an administrator to put it in use.`, `新金额不能使用 {value}。请选择其他币种，或请管理员启用该币种。`},
		CurrencyHeld:        {`The currency cannot change any more: amounts are kept in {value}, in {held}.`, `已有记录保存了以 {value} 换算的金额，不能再更改本位币：{held}。`},
		CurrencyUnfit:       {`{value} has fewer digits after the point than a default amount in “{name}”.`, `「{name}」中的默认金额的小数位数超过 {value} 允许的位数。`},
		OwnCurrency:         {`{value} is the organisation’s own currency, which is always in use.`, `{value} 是本位币，必须保持启用。`},
		LanguageNotOffered:  {`The default language must be one of those offered.`, `默认语言必须是已启用的语言之一。`},
		NoExchangeRate:      {`There is no exchange rate for {value} yet. Ask an administrator to add one.`, `尚未设置 {value} 的汇率，请联系管理员添加。`},
		UnknownCurrency:     {`“{value}” is not a currency.`, `「{value}」不是有效的货币。`},
		UnknownTemplate:     {`There is no template “{name}”.`, `没有模板「{name}」。`},
		AlreadySetUp:        {`This installation is already set up.`, `系统已完成初始化。`},
		InvitationOver:      {`This invitation is no longer good. Ask for a new one.`, `邀请已失效，请联系邀请人重新发送。`},
		LinkOver:            {`This link is no longer good. Ask for a new one.`, `链接已失效，请联系管理员重新生成。`},
		AccountDisabled:     {`This account is disabled. Enable it first.`, `该账号已停用，请先启用。`},
		NoPasswordHere:      {`This person does not sign in here with a password.`, `该用户不使用密码登录。`},
		ProviderUnavailable: {`Your company’s sign-in does not answer. Try again in a moment.`, `贵公司的登录服务暂时没有响应，请稍后再试。`},
		ProviderRefused:     {`The sign-in was cancelled.`, `登录已取消。`},
		SignInRefused:       {`Your company’s sign-in gave an answer that cannot be trusted. Try again, or tell an administrator.`, `贵公司的登录服务返回了无法信任的结果，请重试或联系管理员。`},
		EmailUnverified:     {`Your company’s sign-in does not confirm your e-mail address. Ask an administrator.`, `贵公司的登录服务没有确认你的邮箱，请联系管理员。`},
		NoAccount:           {`There is no active account here for you. Ask an administrator.`, `这里没有你的可用账号，请联系管理员。`},
		NoBaseURL:           {`The server does not know at which address people find it. Start it with --base-url.`, `服务器不知道自己的访问地址，请使用 --base-url 启动。`},
		NotTested:           {`This takes a test that has passed, of a connection that is on.`, `需要先有一个已启用且测试通过的连接。`},
		NoEmergency:         {`Name an active administrator who has a password.`, `请指定至少一位有密码且在用的管理员。`},
		LastEmergency:       {`This is the last administrator who can still sign in with a password. Name another one first.`, `这是最后一位还能用密码登录的管理员，请先指定另一位。`},
		SingleSignOnOnly:    {`People sign in with your company’s account here. Add the person instead of inviting; no password is needed.`, `这里仅使用公司账号登录。请直接添加人员，无需邀请和设置密码。`},
		SingleSignOnInForce: {`People have no other way to sign in. Allow passwords first.`, `目前这是唯一的登录方式，请先允许密码登录。`},
		KeyLimited:          {`This API key is limited, and does not reach this.`, `此 API 密钥的权限范围不包含这个操作。`},
		Viewing:             {`You are only looking at what somebody else sees. End that to do something yourself.`, `您正在以他人身份查看，不能执行任何操作。请先结束查看。`},
		ViewAsOver:          {`You no longer look at the application as somebody else. End that to go on as yourself.`, `以他人身份查看已结束，请返回自己的账号。`},
		PasskeyRefused:      {`This passkey does not open anything here. Try another, or sign in with your password.`, `该通行密钥在此无法使用。请换一个，或使用密码登录。`},
		NoPasskeysHere:      {`Passkeys work only at an address with a name and https, which an administrator gives the server with --base-url.`, `通行密钥只能在带域名的 https 地址使用，请管理员用 --base-url 为服务器指定。`},
		FactorRequired:      {`Your organisation requires two-step sign-in. Set it up to go on.`, `你所在的组织要求两步验证，请先完成设置。`},
		AlreadyOn:           {`This is already on.`, `该功能已开启。`},
		RoleHeld:            {`{count} people hold this role. Take it from them first.`, `仍有 {count} 人拥有该角色，请先从这些人员移除。`},
		RoleAboveOwn:        {`You cannot give rights that you do not have.`, `不能授予自己没有的权限。`},
		FileEmpty:           {`The file is empty.`, `文件是空的。`},
		NotText:             {`The file is no text. Save it as CSV or as .xlsx.`, `文件不是文本，请另存为 CSV 或 .xlsx 后再上传。`},
		NotASpreadsheet:     {`The name of the file ends with .xlsx, but it is no spreadsheet.`, `文件名以 .xlsx 结尾，但内容不是电子表格。`},
		NotABackup:          {`The file cannot be read: it is no copy of an installation.`, `无法读取文件：不是系统备份。`},
		FileDamaged:         {`The file is damaged.`, `文件已损坏。`},
		UnpacksTooLarge:     {`The file unpacks to more than {max}.`, `文件解压后超过 {max}。`},
		UnpacksTooMuch:      {`The file unpacks to far more than its size, as no spreadsheet does.`, `文件解压后远大于自身，不是正常的电子表格。`},
		TooManyEntries:      {`The file is an archive of more than {max} parts.`, `文件内部的组成部分超过 {max} 个。`},
		NoSheet:             {`The spreadsheet has no sheet.`, `电子表格中没有工作表。`},
		UnknownSheet:        {`The spreadsheet has no sheet “{name}”.`, `电子表格中没有工作表「{name}」。`},
		TooManyRows:         {`The file has more than {max} rows.`, `文件超过 {max} 行。`},
		TooManyColumns:      {`The file has more than {max} columns.`, `文件超过 {max} 列。`},
		NotACalendar:        {`This is not a calendar file (.ics).`, `这不是日历文件（.ics）。`},
		RowTooLarge:         {`The row that begins in line {line} is too large.`, `从第 {line} 行开始的一条数据过大。`},
		QuoteNotClosed:      {`A quote that is opened near line {line} is never closed.`, `第 {line} 行附近的引号没有配对的结束引号。`},
		Undecodable:         {`Line {line} cannot be read in this encoding.`, `无法按此编码读取第 {line} 行。`},
		NullCharacter:       {`Line {line} holds a null character.`, `第 {line} 行含有空字符。`},
		FileTooLarge:        {`The file is larger than {max}.`, `文件超过 {max}。`},
		WrongState:          {`This cannot be done while the state is “{state}”.`, `当前状态「{state}」下不能执行此操作。`},
		NoMapping:           {`No column is mapped to a field.`, `没有任何列对应到字段。`},
		ColumnTwice:         {`Two columns are mapped to “{field}”.`, `有两列对应到「{field}」。`},
		DuplicateRow:        {`An earlier row of the file has the same key.`, `文件中前面已有相同的行。`},
		NoSuchRecord:        {`Nothing that you may see is called “{value}”.`, `找不到“{value}”，或你没有权限查看。`},
		AmbiguousRecord:     {`Several records are called “{value}”.`, `“{value}”对应多条记录。`},
		TooManyCorrections:  {`Here at most {max} rows can be corrected. Correct the others in the file and upload it again.`, `这里最多修改 {max} 行，其余请在文件中改好后重新上传。`},
		NoRecipient:         {`Name one person or one role to share with.`, `请指定一个要共享的人员或角色。`},
		NotMentionable:      {`This person cannot be mentioned here.`, `不能在这里提及此人。`},
		TooEarly:            {`Choose a later time.`, `请选择更晚的时间。`},
		Overlaps:            {`Somebody stands in at that time already.`, `该时间段已有代理人。`},
		TooManyStreams:      {`At most {max} pages that follow changes can be open at once.`, `最多同时打开 {max} 个实时更新的页面。`},
		MissingFile:         {`This file is not there, or belongs to something else. Upload it again.`, `该文件不存在，或已属于其他记录，请重新上传。`},
		FileNotAccepted:     {`This field takes only: {types}.`, `该字段只接受：{types}。`},
		NotALogo:            {`The logo must be a picture (PNG, JPEG or WebP) of at most {max} pixels on each side.`, `标志必须是 PNG、JPEG 或 WebP 图片，每边最多 {max} 像素。`},
		InvalidColour:       {`“{value}” is not a colour. Write it as #2f54c9.`, `「{value}」不是有效的颜色，请写成 #2f54c9 的形式。`},
		NotAPicture:         {`This file is not a picture that can be shown (PNG, JPEG, GIF or WebP of at most {max} megapixels).`, `该文件不是可以显示的图片（PNG、JPEG、GIF 或 WebP，最多 {max} 百万像素）。`},
		TooManyFiles:        {`You have {max} uploaded files that belong to no record yet. Use them first, or wait a day.`, `您有 {max} 个上传的文件尚未用于任何记录，请先使用它们，或一天后再试。`},
		TooManyImports:      {`You have {max} imports that were not run. Run or delete some of them first.`, `您有 {max} 个尚未执行的导入，请先执行或删除其中一些。`},
		ImportsTooLarge:     {`The files of your imports would be larger than {max}. Delete some imports first.`, `您的导入文件合计将超过 {max}，请先删除一些导入。`},
		Canceled:            {`You canceled this before it was finished.`, `你在完成之前取消了。`},
		GaveUp:              {`The server could not finish this, although it tried several times. Ask your administrator to look into its log.`, `服务器多次尝试后仍未能完成，已停止。请联系管理员查看日志。`},
	}
})
