namespace Mailreeve.Network.Enforcement;

/// <summary>What stops packets does not do or tell what it is asked for. The message says what an operator can do.</summary>
public sealed class EnforcementException : Exception
{
    /// <summary>What an operator is told who has not given the right to.</summary>
    internal const string NoPermission = "Mailreeve may not change the packet filter: it needs CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_NET_ADMIN).";

    /// <summary>For these reasons.</summary>
    public EnforcementException(string message)
        : base(message)
    {
    }

    /// <summary>For this reason.</summary>
    public EnforcementException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>For no reason that is known.</summary>
    public EnforcementException()
    {
    }
}
