using Mailreeve.Policy;

namespace Mailreeve.Accounts.Commands;

/// <summary>Who gives commands: whoever may read the configuration on the machine itself.</summary>
internal static class CommandActor
{
    /// <summary>As it stands in histories.</summary>
    public static readonly Actor Value = Actor.Operator("command line");
}
