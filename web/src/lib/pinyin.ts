/**
 * The first letters of Chinese syllables, found by the browser's own pinyin order: each letter's
 * first character in that order marks where the letter begins.
 */
const letters = "abcdefghjklmnopqrstwxyz";
const firsts = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他屲夕丫帀";
const order = new Intl.Collator("zh-u-co-pinyin");

/** 云图科技 becomes ytkj; other characters stay as they are. */
export function pinyinInitials(text: string): string {
  return Array.from(text, initial).join("");
}

function initial(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let letter = "a";
  for (const [index, first] of Array.from(firsts).entries()) {
    if (order.compare(first, character) > 0) break;
    letter = letters[index] ?? letter;
  }
  return letter;
}
