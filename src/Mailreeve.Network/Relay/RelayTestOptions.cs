using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Network.Relay;

/// <summary>How hosts of customers are tested for relaying (C7). Read at start.</summary>
public sealed record RelayTestOptions
{
    /// <summary>No tests are made.</summary>
    public static readonly RelayTestOptions None = new() { Collector = "", HeloName = "" };

    /// <summary>The domain whose mail comes to this program, and to which tests are addressed. Nothing else uses it.</summary>
    public required string Collector { get; init; }

    /// <summary>Another domain whose mail comes here, from which tests write; <see langword="null"/> for none.</summary>
    public string? Third { get; init; }

    /// <summary>The address of this server, when mail to its literal is to be tested as well.</summary>
    public Address? CollectorAddress { get; init; }

    /// <summary>The name given in EHLO: <c>relay-test.provider.example</c>.</summary>
    public required string HeloName { get; init; }

    /// <summary>The address that tests come from; <see langword="null"/> for whatever the machine chooses. No customer may trust it.</summary>
    public Address? Source { get; init; }

    /// <summary>Ports that are tested, in order. Default 25.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [25];

    /// <summary>Hosts that are never tested.</summary>
    public IReadOnlyList<Prefix> NeverTest { get; init; } = [];

    /// <summary>Pause before each test. Default 2 s; configured, 1 s or more.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait for a reply. Default 60 s: servers may be slow on purpose to those who are refused.</summary>
    public TimeSpan ReplyWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time for one round of a run.</summary>
    public Duration RoundAtMost { get; init; } = Duration.FromMinutes(30);

    /// <summary>Connections for one round of a run at a port: servers hang up on those who are refused too often. Default 12.</summary>
    public int ConnectionsMax { get; init; } = 12;

    /// <summary>Whether tests are made.</summary>
    public bool IsOn => Collector.Length > 0;

    /// <summary>The domains whose mail is collected.</summary>
    public IEnumerable<string> Domains => Third is null ? [Collector] : [Collector, Third];

    /// <summary>What stands in the lines of one test.</summary>
    /// <param name="address">The tested address.</param>
    /// <param name="host">How it calls itself; null when that is not known.</param>
    /// <param name="customerDomain">A domain of its customer; null when none is known.</param>
    /// <param name="token">The local part that arrives in the collector.</param>
    /// <param name="probe">The local part to which a bounce comes back.</param>
    internal RelayNames NamesFor(Address address, string? host, string? customerDomain, string token, string probe) => new()
    {
        Token = token,
        Probe = probe,
        Collector = Collector,
        Third = Third,
        CollectorAddress = CollectorAddress,
        Address = address,
        Host = host,
        CustomerDomain = customerDomain,
    };
}
