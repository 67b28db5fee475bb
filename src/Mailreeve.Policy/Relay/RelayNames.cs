using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Relay;

/// <summary>The names that the places of a <see cref="RelayTest"/> stand for.</summary>
public sealed record RelayNames
{
    /// <summary>The local part that arrives in the collector, <c>{token}</c>.</summary>
    public required string Token { get; init; }

    /// <summary>The local part to which a bounce comes back, <c>{probe}</c>.</summary>
    public required string Probe { get; init; }

    /// <summary>Our collector's domain, <c>{collector}</c>.</summary>
    public required string Collector { get; init; }

    /// <summary>The tested address, <c>{literal}</c>: with brackets, and the tag of IPv6 (RFC 5321 §4.1.3).</summary>
    public required Address Address { get; init; }

    /// <summary>Another domain of ours, <c>{third}</c>; <see langword="null"/> when there is none.</summary>
    public string? Third { get; init; }

    /// <summary>How the tested host calls itself, <c>{host}</c>; <see langword="null"/> when it gave no name that can be said.</summary>
    public string? Host { get; init; }

    /// <summary>The address of the collector's server, <c>{collector-literal}</c>; <see langword="null"/> when mail to it is not collected.</summary>
    public Address? CollectorAddress { get; init; }

    /// <summary>A domain of the customer, <c>{customer}</c>; <see langword="null"/> when none is known.</summary>
    public string? CustomerDomain { get; init; }

    /// <summary>The name in a greeting or an answer to EHLO, when it is one that can be said back.</summary>
    public static string? HostIn(string text)
    {
        var name = text.AsSpan().TrimStart();
        var end = name.IndexOfAny(' ', '\n', '\t');
        name = end < 0 ? name : name[..end];
        return name.Contains('.') && Ascii.IsValid(name) && DomainName.IsValid(Encoding.ASCII.GetBytes(name.ToString())) && !Address.TryParse(name, out _)
            ? name.ToString().ToLowerInvariant()
            : null;
    }

    /// <summary>Puts the names in their places.</summary>
    /// <returns><see langword="null"/> when one of them is not known.</returns>
    public string? Fill(string text)
    {
        var filled = new StringBuilder(text.Length + 64);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var open = rest.IndexOf('{');
            if (open < 0)
            {
                filled.Append(rest);
                break;
            }

            var close = rest.IndexOf('}');
            if (close < open || ValueOf(rest[(open + 1)..close]) is not { } value)
                return null;
            filled.Append(rest[..open]).Append(value);
            rest = rest[(close + 1)..];
        }

        return filled.ToString();
    }

    private string? ValueOf(ReadOnlySpan<char> place) => place switch
    {
        "token" => Token,
        "probe" => Probe,
        "collector" => Collector,
        "third" => Third,
        "host" => Host,
        "customer" => CustomerDomain,
        "literal" => Literal(Address),
        "collector-literal" => CollectorAddress is { } at ? Literal(at) : null,
        _ => null,
    };

    /// <summary>An address as a domain (RFC 5321 §4.1.3).</summary>
    public static string Literal(Address address) => address.IsIPv4 ? $"[{address}]" : $"[IPv6:{address}]";
}
