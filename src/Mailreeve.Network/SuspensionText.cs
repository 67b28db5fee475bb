using Mailreeve.Network.Access;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Says where a mailbox or a service is suspended, as proven.</summary>
public static class SuspensionText
{
    private const int SessionsMax = 20;

    /// <summary>One sentence for each who suspends it; at least one.</summary>
    /// <param name="block">The block.</param>
    /// <param name="rows">What became of it.</param>
    /// <param name="sessions">What became of sessions, the newest first.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<string> Of(ServiceBlockRow block, IEnumerable<EnforcementRow> rows, IEnumerable<SessionOrder> sessions, Instant now)
    {
        var lines = new List<string>();
        // They look at the block itself, and at its time, for every message.
        if (block.MailboxId is not null || block.ServiceKind == ServiceKind.MailRelay)
            lines.Add($"our mail servers: {EnumText.Of(EnforcementState.Active)}, since {block.StartsAt:uuuu-MM-dd HH:mm:ss}");
        var known = rows.ToList();
        lines.AddRange(EnforcementText.Of(known, [], now));
        lines.AddRange(known.Where(r => r.BackEnd == HandWork.BackEnd).Select(r => r.ProvenAt is { } at
            ? $"by hand: {EnumText.Of(r.State)}, {r.Detail} said so {at:uuuu-MM-dd HH:mm:ss}"
            : $"by hand: {EnumText.Of(r.State)} since {r.Since:uuuu-MM-dd HH:mm:ss}: nothing of ours runs it, and nobody has said on the desk that it is done"));
        lines.AddRange(sessions.Take(SessionsMax).Select(SessionOrderText.Of));
        if (lines.Count == 0)
        {
            lines.Add(block.ServiceLogin is null
                ? $"{EnumText.Of(EnforcementState.Pending)}: nobody has suspended it yet"
                : $"{EnumText.Of(EnforcementState.Pending)}: no session of {block.ServiceLogin} was seen since");
        }

        return lines;
    }
}
