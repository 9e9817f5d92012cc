import { ChangePassword } from "./change-password";
import { KeyboardBlock } from "./keyboard-block";
import { LookBlock } from "./look-block";
import { PersonBlock } from "./person-block";
import { SamplesBlock } from "./samples-block";
import { SettingsFrame } from "./settings-frame";

/** Oneself: name, language, time zone, the look of this device, the password. */
export default function ProfilePage() {
  return (
    <SettingsFrame>
      <PersonBlock />
      <LookBlock />
      <KeyboardBlock />
      <ChangePassword />
      <SamplesBlock />
    </SettingsFrame>
  );
}
