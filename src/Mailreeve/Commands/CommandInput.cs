using System.CommandLine;
using System.CommandLine.Parsing;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Commands;

/// <summary>Values that several commands take, read in the same way and refused in the same words.</summary>
internal static class CommandInput
{
    /// <summary><c>ADDRESS</c></summary>
    public static Argument<Address> Address(string description) =>
        new("address") { Description = $"{description}, as 198.51.100.7 or 2001:db8::7.", CustomParser = result => Read(result) ?? default };

    /// <summary><c>[ADDRESS]</c></summary>
    public static Argument<Address?> AddressIfAny(string description) =>
        new("address") { Description = description, Arity = ArgumentArity.ZeroOrOne, CustomParser = result => result.Tokens.Count == 0 ? null : Read(result) };

    /// <summary><c>--name TIME</c></summary>
    public static Option<Instant?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (FileMoment.TryParse(result.Tokens[0].Value, DateTimeZone.Utc, out var moment, out var problem))
                return moment;
            result.AddError($"'{result.Tokens[0].Value}': {problem} Write it like 2026-03-02T10:15:30Z.");
            return null;
        },
    };

    private static Address? Read(ArgumentResult result)
    {
        if (Protocols.Net.Address.TryParse(result.Tokens[0].Value, out var read))
            return read;
        result.AddError($"'{result.Tokens[0].Value}' is no address.");
        return null;
    }
}
