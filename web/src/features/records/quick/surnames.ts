/** The surnames of nearly all Chinese people, the frequent ones first. */
const surnames =
  "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢骆岳齐梅庄涂祝耿关瞿欧裴甘司柯管喻阮滕华单覃辛路宁肖闫凌卓舒柴冉应边苗甄霍房纪尚游卜鲍盛包褚连戚";
const double = [
  "欧阳",
  "司马",
  "上官",
  "诸葛",
  "东方",
  "皇甫",
  "尉迟",
  "公孙",
  "慕容",
  "令狐",
  "司徒",
  "夏侯",
];

/** Whether a Chinese text begins with a surname. */
export function isSurname(text: string): boolean {
  return surnames.includes(text.charAt(0)) || double.some((name) => text.startsWith(name));
}

/** How likely it is that a text is a person's name: the lower, the more. */
export function surnameRank(text: string): number {
  if (double.some((name) => text.startsWith(name))) return 0;
  return surnames.indexOf(text.charAt(0));
}
