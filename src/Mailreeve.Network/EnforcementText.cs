using Mailreeve.Storage;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network;

/// <summary>Says where a block is in force, as proven.</summary>
public static class EnforcementText
{
    // A machine compares every 30 seconds; what it said before is worth nothing once its lease is over.
    private static readonly Duration SilenceMax = Duration.FromMinutes(5);

    /// <summary>One sentence for each webhook that was told, and for each back end of each machine; none when there are none.</summary>
    /// <param name="rows">The rows of one block.</param>
    /// <param name="nodes">All machines.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<string> Of(IEnumerable<EnforcementRow> rows, IReadOnlyList<EnforcementNode> nodes, Instant now)
    {
        var of = rows.ToDictionary(r => (r.Node, r.BackEnd));
        foreach (var row in of.Values.Where(r => r.BackEnd == WebhookStore.BackEnd).OrderBy(r => r.Node, StringComparer.Ordinal))
        {
            var said = row.ProvenAt is { } at ? $", it said so {at:uuuu-MM-dd HH:mm:ss}" : "";
            yield return $"webhook {row.Node}: {EnumText.Of(row.State)}{said}{(row.Detail is null ? "" : $" ({row.Detail})")}";
        }

        foreach (var node in nodes)
        {
            if (node.BackEnd == BouncerStore.BackEnd)
            {
                yield return OfBouncer(node, of.GetValueOrDefault((node.Node, node.BackEnd)), now);
                continue;
            }

            if (node.ComparedAt is not { } compared || now - compared > SilenceMax)
            {
                yield return $"{node.BackEnd} at {node.Node}: not known, it has proven nothing {(node.ComparedAt is { } last ? $"since {last:uuuu-MM-dd HH:mm}" : "yet")}";
                continue;
            }

            if (!of.TryGetValue((node.Node, node.BackEnd), out var row))
            {
                yield return $"{node.BackEnd} at {node.Node}: {EnumText.Of(EnforcementState.Pending)}";
                continue;
            }

            // The whole is read back again and again; a block that was in force before is in force then.
            var stands = row.State is EnforcementState.Active or EnforcementState.Announced;
            var proven = stands && compared > row.ProvenAt ? compared : row.ProvenAt;
            var how = row.State == EnforcementState.Announced ? "last known" : "read back";
            var when = proven is { } at ? $", {how} {at:uuuu-MM-dd HH:mm:ss}" : "";
            // Who was told forgets when there is nobody to tell it again.
            var state = row.State == EnforcementState.Announced && node.Problem is not null ? "was announced, but is not for certain now" : EnumText.Of(row.State);
            yield return $"{node.BackEnd} at {node.Node}: {state}{when}{(row.Detail is null ? "" : $" ({row.Detail})")}";
        }
    }

    // It enforces on its own; all that is known is what it was given, and when it asked last.
    private static string OfBouncer(EnforcementNode bouncer, EnforcementRow? row, Instant now)
    {
        var asked = bouncer.ComparedAt is not { } last ? "it has not asked yet"
            : now - last > SilenceMax ? $"it has not asked since {last:uuuu-MM-dd HH:mm}"
            : $"asked last {last:uuuu-MM-dd HH:mm:ss}";
        return row switch
        {
            // It has no entries: either it has just begun, or it keeps none and asks about each address that it meets.
            null when bouncer is { ComparedAt: not null, Elements: 0 } => $"bouncer {bouncer.Node}: {EnumText.Of(EnforcementState.Pending)} unless it asks about each address, {asked}",
            null => $"bouncer {bouncer.Node}: {EnumText.Of(EnforcementState.Pending)}, {asked}",
            { State: EnforcementState.HandedOver } => $"bouncer {bouncer.Node}: handed over {row.Since:uuuu-MM-dd HH:mm:ss}, {asked}",
            _ => $"bouncer {bouncer.Node}: {EnumText.Of(row.State)}{(row.Detail is null ? "" : $" ({row.Detail})")}, {asked}",
        };
    }
}
