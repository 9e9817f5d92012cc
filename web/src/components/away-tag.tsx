import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { currentDelegationsQuery } from "@/api/delegations";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";

/** Says of a person who is away who stands in, and until when. */
export function AwayTag({ person }: { readonly person: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(currentDelegationsQuery);
  const away = data?.data.find((one) => one.person === person);
  if (!away || !data) return null;
  const names = data.included.user ?? {};
  return (
    <span data-testid={`away.${person}`}>
      <Tag hue="amber">
        {t("away.tag", {
          person: names[away.person]?.display,
          name: names[away.to]?.display,
          until: format.instant(away.until),
        })}
      </Tag>
    </span>
  );
}
