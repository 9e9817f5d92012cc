import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import { CardPage } from "./card-page";

interface LinkPageProps<T> {
  readonly title: string;
  readonly found: UseQueryResult<T>;
  readonly children: (told: T) => ReactNode;
}

/** The secret of the link by which one came. */
export const useSecret = () => useLocation().hash.slice(1);

/** Where a link leads that works once: what it is for, or why it opens nothing. */
export function LinkPage<T>({ title, found, children }: LinkPageProps<T>) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <CardPage>
      {found.isPending && <Skeleton lines={4} />}
      {found.isError && (
        <>
          <h1>{title}</h1>
          <Notice tone="danger" testId="link.over">
            <p>{faultText(found.error, t)}</p>
          </Notice>
        </>
      )}
      {found.data !== undefined && children(found.data)}
    </CardPage>
  );
}
