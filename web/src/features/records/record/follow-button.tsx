import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { followQuery, setFollow } from "@/api/notifications";
import { IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";

/** Follows a record: whoever does is told of its changes and comments. */
export function FollowButton({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const query = followQuery(object, id);
  const following = useQuery(query).data;
  const follow = async () => {
    const next = !following;
    client.setQueryData(query.queryKey, next);
    try {
      await setFollow(object, id, next);
      toast({ text: t(next ? "follow.begun" : "follow.ended") });
    } catch (error) {
      client.setQueryData(query.queryKey, !next);
      toast({ text: faultText(error, t) });
    }
  };
  return (
    <IconButton
      icon={following ? "star-full" : "star"}
      label={t(following ? "follow.end" : "follow.begin")}
      pressed={following ?? false}
      disabled={following === undefined}
      onClick={() => void follow()}
      testId="record.follow"
    />
  );
}
