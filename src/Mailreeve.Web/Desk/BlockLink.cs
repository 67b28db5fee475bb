namespace Mailreeve.Web.Desk;

/// <summary>Leads from another page to the form that places a block, with what is known there filled in.</summary>
internal static class BlockLink
{
    /// <summary>The link.</summary>
    /// <param name="target">An address, a prefix, a registration number, a name or a mailbox.</param>
    /// <param name="clause">The clause; null for the usual one.</param>
    public static string To(string target, string? clause = null) =>
        $"/desk/blocks/new?target={Uri.EscapeDataString(target)}{(clause is null ? "" : $"&clause={Uri.EscapeDataString(clause)}")}";
}
