using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Protocols.Relay;

/// <summary>The message of a relay test. It says what it is, who sends it, and how to have no more of them.</summary>
public sealed record RelayTestMessage
{
    /// <summary>The field that marks it: only in the header of the message itself, never in that of a bounce.</summary>
    public const string MarkField = "X-Mailreeve-Relay-Test";

    /// <summary>The token, also the local part that it is for.</summary>
    public required string Token { get; init; }

    /// <summary>The mailbox that it is for.</summary>
    public required string To { get; init; }

    /// <summary>A mailbox of ours that a person reads.</summary>
    public required string From { get; init; }

    /// <summary>Who sends it.</summary>
    public required string Provider { get; init; }

    /// <summary>The address that is tested.</summary>
    public required string Tested { get; init; }

    /// <summary>The name of the test.</summary>
    public required string Test { get; init; }

    /// <summary>The page of the policy.</summary>
    public required string PolicyUrl { get; init; }

    /// <summary>When.</summary>
    public required Instant Date { get; init; }

    /// <summary>The message with CRLF line ends, in ASCII.</summary>
    /// <exception cref="FormatException">A mailbox is none.</exception>
    public byte[] Write() => new SystemMessage
    {
        FromName = Provider,
        From = From,
        To = To,
        Subject = $"Relay test of {Tested}",
        MessageId = $"{Token}@{To[(To.LastIndexOf('@') + 1)..]}",
        Date = Date,
        Headers = [(MarkField, Token)],
        Text = $"""
            This message tests whether the mail server at {Tested} passes on mail
            that is neither from its users nor for them (an "open relay").
            {Provider} runs such tests at hosts of its own customers only, as
            their contracts provide. The policy: {PolicyUrl}

            Test: {Test}
            Token: {Token}

            Whoever reads this as an administrator of that server need not do
            anything: the result is in the customer portal. To have a host left
            out of the tests, or to ask about them, write to
            {From}

            """,
    }.Write();
}
