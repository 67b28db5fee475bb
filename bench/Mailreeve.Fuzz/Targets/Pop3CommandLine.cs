using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Fuzz.Targets;

/// <summary>One line of POP3.</summary>
internal static class Pop3CommandLine
{
    public static readonly string[] Words =
    [
        "USER ", "PASS ", "RETR ", "TOP ", "LIST ", "UIDL ", "DELE ", "AUTH ", "CAPA", "STLS", "QUIT", "NOOP", "RSET", "STAT", "GET ", "CONNECT ", "PLAIN", "0", "999999999", "9999999999",
        " ", "  ", "\t", "-1", "+1", "\r", "\n", "\0", "\u00e9",
    ];

    public static void Run(byte[] input)
    {
        Numbers(input);
        if (!Pop3Command.TryParse(input, out var command))
            return;
        Hold.That(input.AsSpan().IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0, "A command has no line end in it.");
        Hold.That(command.Argument.IsEmpty || input.AsSpan().Overlaps(command.Argument), "An argument lies in its line.");
        Hold.That(command.Verb == Pop3Verb.Pass || command.Argument.IsEmpty || (command.Argument[0] != ' ' && command.Argument[^1] != ' '), "An argument has no blanks around it.");
        Numbers(command.Argument);
    }

    private static void Numbers(ReadOnlySpan<byte> argument)
    {
        if (MessageNumber.TryParse(argument, out var number))
            Hold.That(number >= 0 && !argument.ContainsAnyExceptInRange((byte)'0', (byte)'9'), "A number is made of digits.");
        if (MessageNumber.TryParseTop(argument, out number, out var lines))
            Hold.That(number >= 0 && lines >= 0, "TOP takes no negative numbers.");
    }
}
