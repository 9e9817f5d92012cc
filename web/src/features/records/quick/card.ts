/**
 * Reads a business card, the signature of a mail or a line of notes. Only the text is looked at;
 * which field takes what is card-fields.ts's business.
 */
import { isSurname, surnameRank } from "./surnames";

/** What a pasted text says about somebody. */
export interface Card {
  readonly person?: string;
  readonly company?: string;
  readonly job_title?: string;
  readonly email?: string;
  readonly url?: string;
  /** Mobile numbers before all others. */
  readonly phones: readonly string[];
}

/** The longest text that is looked at. */
const longest = 2_000;

/** Reads what a text says. */
export function readCard(text: string): Card {
  const rest = { text: plain(text.slice(0, longest)) };
  const email = take(rest, /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)[0];
  const url = take(
    rest,
    /https?:\/\/[^\s,;，；]+|\b(?:www\.)?(?:[a-z0-9-]+\.)+(?:com|cn|net|org|io|co|de|uk|jp|eu)\b(?:\/[^\s,;]*)?/gi,
  )[0];
  const phones = takePhones(rest);
  const parts = partsOf(rest.text);
  const told = classify(parts);
  return {
    ...told,
    ...(email && { email }),
    ...(url && { url: /^https?:/i.test(url) ? url : `https://${url}` }),
    phones,
  };
}

/** Full-width letters and digits become plain ones; the kinds of dashes and blanks become one. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/[^\S\n]+/g, " ");
}

/** Takes what matches out of a text; a line ends where it was. */
function take(rest: { text: string }, pattern: RegExp): string[] {
  const found = rest.text.match(pattern) ?? [];
  rest.text = rest.text.replace(pattern, "\n");
  return found;
}

const fax = /(?:传真|fax|\bF)\s*[:.]?\s*\+?[\d\s().-]{7,}/gi;
const number = /(?:\+|\b00)?\(?\d[\d\s().-]{5,}\d(?:\s*(?:转|ext\.?|x)\s*\d+)?/gi;
const shortestNumber = 7;
const longestNumber = 15;
const mobile = /^(?:(?:\+|00)86)?1[3-9]\d{9}$/;

function takePhones(rest: { text: string }): readonly string[] {
  take(rest, fax);
  const found: string[] = [];
  rest.text = rest.text.replace(number, (text) => {
    if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(text)) return text;
    const own = text.replace(/\s*(?:转|ext\.?|x)\s*\d+$/i, "");
    const digits = own.replace(/\(0\)/, "").replace(/\D/g, "");
    if (digits.length < shortestNumber || digits.length > longestNumber) return text;
    found.push(/^\s*(?:\+|00)/.test(own) ? `+${digits.replace(/^00/, "")}` : digits);
    return "\n";
  });
  const isMobile = (one: string) => mobile.test(one);
  const all = [...new Set(found)];
  return [...all.filter(isMobile), ...all.filter((one) => !isMobile(one))];
}

interface Part {
  readonly label: string;
  readonly text: string;
}

const labels: readonly (readonly [string, RegExp])[] = [
  ["person", /^(?:姓名|联系人|名字|name|contact)$/i],
  ["company", /^(?:公司|公司名称|单位|企业|company|organi[sz]ation)$/i],
  ["job_title", /^(?:职位|职务|岗位|title|position)$/i],
  ["", /./],
];

/** The parts of a text between its separators, with the labels that stand before them. */
function partsOf(text: string): readonly Part[] {
  return text
    .split(
      /[\n\t,，;；|/、·•()（）【】[\]<>]|\s[-@]\s|(?<=\p{Script=Han})-(?=\p{Script=Han})|\sat\s/u,
    )
    .flatMap((segment) => {
      const [, label = "", rest = ""] = /^\s*([\p{L} ]{1,12})[:：](.*)$/u.exec(segment) ?? [];
      const known = labels.find(([, pattern]) => pattern.test(label.trim()))?.[0] ?? "";
      const words = (label ? rest : segment).trim();
      return (known ? [words] : wordsOf(words)).map((one) => ({ label: known, text: one }));
    })
    .filter(({ text: one }) => /\p{L}/u.test(one));
}

/** Chinese names stand between blanks, western ones hold them. */
function wordsOf(segment: string): readonly string[] {
  if (!/\p{Script=Han}/u.test(segment)) return [segment];
  return segment
    .split(/(?<=\p{Script=Han})\s+|\s+(?=\p{Script=Han})/u)
    .map((word) => word.trim())
    .flatMap(splitGreeting);
}

/** 云图科技张总 is two things. */
function splitGreeting(word: string): readonly string[] {
  const [, company, person] =
    /^(.{2,}(?:公司|集团|科技|软件|信息|电子|贸易|实业))(.{1,2}[总])$/u.exec(word) ?? [];
  return company && person && isSurname(person) ? [company, person] : [word];
}

const companyEnd =
  /(?:公司|集团|企业|厂|事务所|银行|医院|大学|学院|学校|中心|研究院|研究所|科技|技术|信息|网络|软件|电子|实业|贸易|商贸|传媒|咨询|工作室|协会|酒店|控股|资本|基金|证券|保险|物流|制造|教育|智能|医疗|生物|能源|汽车|机械|材料|食品|地产|置业)$/;
const companyWord =
  /(?:^|[\s,])(?:ltd|limited|inc|incorporated|llc|llp|gmbh|corp|corporation|co|company|plc|ag|kg|sa|srl|sarl|bv|nv|pty|pte|pvt|group|holdings|technologies|solutions|systems|university|bank)\.?$/i;
const jobEnd =
  /(?:总监|经理|总裁|董事长|董事|主管|主任|工程师|顾问|代表|专员|助理|部长|处长|科长|局长|院长|校长|教授|会计|店长|合伙人|创始人|负责人|秘书|组长|架构师|设计师|采购|CEO|CTO|CFO|COO)$/i;
const jobWord =
  /\b(?:director|manager|engineer|officer|president|ceo|cto|cfo|coo|cmo|vp|founder|consultant|executive|representative|specialist|assistant|analyst|architect|developer|designer|administrator|coordinator|supervisor|chief|head of|buyer|accountant)\b/i;
const address =
  /\d+\s*(?:号|室|楼|层|栋)|(?:省|市|区|县)\S*(?:路|街|道|镇)|\b(?:road|street|avenue|floor|room|building|suite)\b/i;
const honorific = /^(?:mr|mrs|ms|dr|prof)\.?\s+/i;
const westernName = /^\p{Lu}[\p{L}'’.-]*(?:\s+\p{Lu}[\p{L}'’.-]*){1,3}$/u;

type Told = { person?: string; company?: string; job_title?: string };

/** Says of each part what it is. What looks like a second person is the company. */
function classify(parts: readonly Part[]): Told {
  const told: Told = {};
  const people: string[] = [];
  const others: string[] = [];
  for (const { label, text } of parts) {
    if (label === "person" || label === "company" || label === "job_title") told[label] ??= text;
    else if (address.test(text)) continue;
    else if (companyEnd.test(text) || companyWord.test(text)) told.company ??= text;
    else if (greeted(text)) people.push(text);
    else if (jobEnd.test(text) || jobWord.test(text)) told.job_title ??= text;
    else if (isPerson(text)) people.push(text.replace(honorific, ""));
    else others.push(text);
  }
  people.sort((a, b) => surnameRank(a) - surnameRank(b));
  const person = told.person === undefined ? people.shift() : undefined;
  if (person !== undefined) Object.assign(told, named(person));
  const company = people[0] ?? others[0];
  const sure = told.person !== undefined && company !== undefined && company.length > 1;
  if (sure) told.company ??= company;
  return told;
}

const greeting =
  /^(\p{Script=Han}{1,3})(总监|总经理|副总|总|经理|主任|主管|工程师|老师|先生|女士|小姐)$/u;
const shortestName = 2;

/** Whether a text is a surname, perhaps a name, with a polite title behind it. */
function greeted(text: string): boolean {
  const [, name = ""] = greeting.exec(text) ?? [];
  return name !== "" && isSurname(name);
}

/** 王小明经理 is a name and a job; 张总 is all that is known of a name. */
function named(text: string): Told {
  const [, name = "", title = ""] = greeting.exec(text) ?? [];
  const job = jobEnd.test(title) ? { job_title: title } : {};
  if (name === "") return { person: text };
  return { person: name.length >= shortestName ? name : text, ...job };
}

function isPerson(text: string): boolean {
  if (/^\p{Script=Han}{2,4}$/u.test(text)) return isSurname(text);
  return westernName.test(text.replace(honorific, ""));
}
