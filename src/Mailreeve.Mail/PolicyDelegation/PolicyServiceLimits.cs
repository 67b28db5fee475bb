namespace Mailreeve.Mail.PolicyDelegation;

/// <summary>Limits of the service of policy delegation. Read at start; a change needs a restart.</summary>
public sealed record PolicyServiceLimits
{
    /// <summary>Connections in all. Default 5000: each process of Postfix that takes mail keeps one, and there are several machines of it.</summary>
    public int ConnectionsMax { get; init; } = 5000;

    /// <summary>Longest wait for a question. Default 20 minutes: Postfix gives an idle connection up after 5 (smtpd_policy_service_max_idle) and should be the one to do so.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Longest wait for the other server to read our answers. Default 1 minute.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Everything that is wrong with these limits.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (ConnectionsMax < 1)
            yield return new("policy-service.connectionsMax", $"{ConnectionsMax} is below 1: nobody could ask anything.");
        foreach (var (key, value) in new[] { ("idleTimeout", IdleTimeout), ("writeTimeout", WriteTimeout) })
        {
            if (value < TimeSpan.FromSeconds(1))
                yield return new($"policy-service.{key}", $"{value} is below one second.");
        }
    }
}
