namespace Mailreeve.Serving;

/// <summary>The policy was changed, but not its revision: decisions made under the old words would seem to rest on the new ones.</summary>
internal sealed class PolicyChangedException(string message) : Exception(message);
