import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { endSessionsOf, resetFactor, revokeKeysOf, type SignsIn, signsInQuery } from "@/api/people";
import { listRecords } from "@/api/records";
import { useMe } from "@/api/session";
import { waysQuery } from "@/api/single-sign-on";
import type { RecordData } from "@/api/types";
import { viewAs } from "@/api/view-as";
import { Button, LinkButton } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Entries } from "@/components/entries";
import { FaultView, faultText, Missing, reasonOf } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { useTitle } from "@/components/use-title";
import { useDebounced } from "@/lib/use-debounced";
import { inSentence } from "@/lib/words";
import { AskDialog } from "./ask-dialog";
import { HandoverDialog } from "./handover-dialog";
import { Handovers } from "./handovers";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { PasswordLinkDialog } from "./password-link-dialog";
import styles from "./people.module.css";
import { PersonRow } from "./person-row";

const pageSize = 50;

/** Who may come in, and how. */
export default function PeoplePage() {
  return useMe().abilities.includes("manage_users") ? <People /> : <Missing />;
}

function People() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const people = useCatalog().object("user");
  const { data: ways } = useQuery(waysQuery);
  const client = useQueryClient();
  const [inviting, setInviting] = useState(false);
  useTitle(t("people.title"));
  return (
    <div className={styles.page} data-testid="people">
      <header className={styles.header}>
        <h1>{t("people.title")}</h1>
        {(people?.can?.create || ways?.can_keep) && (
          <div className={styles.ways}>
            {ways?.can_keep && (
              <LinkButton icon="building" to="/settings/single-sign-on" testId="people.sso">
                {t("sso.title")}
              </LinkButton>
            )}
            {ways?.can_keep && (
              <LinkButton icon="lock" to="/settings/second-factor" testId="people.factor">
                {t("factor.title")}
              </LinkButton>
            )}
            {people?.can?.create && (
              <>
                <LinkButton icon="plus" to="/o/user/new" testId="people.new">
                  {t("action.newOf", { object: inSentence(people.title) })}
                </LinkButton>
                <Button
                  kind="primary"
                  icon="user-plus"
                  onClick={() => setInviting(true)}
                  testId="people.invite"
                >
                  {t("invitations.new")}
                </Button>
              </>
            )}
          </div>
        )}
      </header>
      <Invitations />
      <Handovers />
      {inviting && (
        <InviteDialog
          onSent={() => void client.invalidateQueries({ queryKey: keys.invitations })}
          onClose={() => setInviting(false)}
        />
      )}
      <div className={styles.search}>
        <TextInput
          type="search"
          icon="search"
          clear
          label={t("people.search")}
          placeholder={t("people.search")}
          value={typed}
          onChange={setTyped}
          testId="people.search"
        />
      </div>
      <PeopleList q={useDebounced(typed.trim(), 200)} />
    </div>
  );
}

/** The people that match, with what one may do about how they sign in. */
function PeopleList({ q }: { q: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [forgetful, setForgetful] = useState<RecordData>();
  const [leaving, setLeaving] = useState<RecordData>();
  const [seen, setSeen] = useState<RecordData>();
  const [losing, setLosing] = useState<RecordData>();
  const [ending, setEnding] = useState<RecordData>();
  const [revoking, setRevoking] = useState<RecordData>();
  const list = useInfiniteQuery({
    queryKey: keys.page("user", "people", q),
    queryFn: ({ pageParam, signal }) =>
      listRecords(
        "user",
        { q, where: "active", sort: ["name"], limit: pageSize, cursor: pageParam },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const pages = list.data?.pages ?? [];
  const act = async (done: string, perform: () => Promise<void>) => {
    try {
      await perform();
      toast({ text: done });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.allSignsIn });
  };
  const view = async (id: string) => {
    try {
      await viewAs(id);
    } catch (error) {
      toast({ text: reasonOf(error, t) });
    }
  };
  if (list.isPending) return <Skeleton lines={6} />;
  if (list.isError) return <FaultView error={list.error} onRetry={() => void list.refetch()} />;
  if (pages[0]?.data.length === 0) {
    return <EmptyState icon="search" title={t("people.none")} testId="people.none" />;
  }
  return (
    <>
      <Entries>
        {pages.map((page) => (
          <PeopleOfPage
            key={page.data[0]?.id}
            people={page.data}
            onForgotten={setForgetful}
            onLeave={setLeaving}
            onLost={setLosing}
            onView={setSeen}
            onEnd={setEnding}
            onRevoke={setRevoking}
          />
        ))}
      </Entries>
      {list.hasNextPage && (
        <div>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("people.more")}
          </Button>
        </div>
      )}
      {forgetful && (
        <PasswordLinkDialog person={forgetful} onClose={() => setForgetful(undefined)} />
      )}
      {leaving && <HandoverDialog person={leaving} onClose={() => setLeaving(undefined)} />}
      <AskDialog
        title={t("viewAs.title", { name: String(seen?.name ?? "") })}
        text={t("viewAs.text")}
        action={t("viewAs.start")}
        open={seen !== undefined}
        onClose={() => setSeen(undefined)}
        onAgreed={() => seen && void view(seen.id)}
      />
      <AskDialog
        title={t("people.resetTitle", { name: String(losing?.name ?? "") })}
        text={t("people.resetText")}
        action={t("people.reset")}
        open={losing !== undefined}
        onClose={() => setLosing(undefined)}
        onAgreed={() => losing && void act(t("people.resetDone"), () => resetFactor(losing.id))}
      />
      <AskDialog
        title={t("people.endTitle", { name: String(ending?.name ?? "") })}
        text={t("people.endText")}
        action={t("people.end")}
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        onAgreed={() => ending && void act(t("people.endDone"), () => endSessionsOf(ending.id))}
      />
      <AskDialog
        title={t("people.revokeTitle", { name: String(revoking?.name ?? "") })}
        text={t("people.revokeText")}
        action={t("people.revoke")}
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        onAgreed={() =>
          revoking && void act(t("people.revokeDone"), () => revokeKeysOf(revoking.id))
        }
      />
    </>
  );
}

interface PeopleOfPageProps {
  readonly people: readonly RecordData[];
  readonly onEnd: (person: RecordData) => void;
  readonly onRevoke: (person: RecordData) => void;
  readonly onForgotten: (person: RecordData) => void;
  readonly onLeave: (person: RecordData) => void;
  readonly onLost: (person: RecordData) => void;
  readonly onView: (person: RecordData) => void;
}

function PeopleOfPage(props: PeopleOfPageProps) {
  const { people, onForgotten, onLeave, onLost, onEnd, onRevoke, onView } = props;
  const me = useMe();
  const mayView = me.abilities.includes("view_as") && !me.viewer;
  const found = useQuery(signsInQuery(people.map((person) => person.id)));
  const none: ReadonlyMap<string, SignsIn> = new Map();
  const facts = found.data ?? none;
  return people.map((person) => (
    <PersonRow
      key={person.id}
      person={person}
      signsIn={facts.get(person.id)}
      onForgotten={person.id === me.id ? undefined : () => onForgotten(person)}
      onLeave={person.id === me.id ? undefined : () => onLeave(person)}
      onLost={() => onLost(person)}
      onView={mayView && person.id !== me.id ? () => onView(person) : undefined}
      onEnd={() => onEnd(person)}
      onRevoke={() => onRevoke(person)}
    />
  ));
}
