using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.PolicyDelegation;

/// <summary>An answer of policy delegation, ready to be sent: one of the actions of Postfix's access tables.</summary>
/// <remarks>
/// Whatever goes into the text is cleaned when the answer is made: one line of printable ASCII. What stands often is made once; sending it
/// costs a copy.
/// </remarks>
public sealed class PolicyAction
{
    /// <summary>Longest text in octets; more is cut off. An SMTP reply of Postfix has to hold it (RFC 5321 §4.5.3.1.5).</summary>
    public const int TextBytesMax = 400;

    /// <summary>Nothing against it: Postfix goes on with its next restriction.</summary>
    public static readonly PolicyAction Dunno = new("DUNNO");

    /// <summary>It is wanted: Postfix skips the rest of this list of restrictions.</summary>
    public static readonly PolicyAction Ok = new("OK");

    private readonly byte[] line;

    private PolicyAction(string action)
    {
        Text = action;
        line = Encoding.ASCII.GetBytes($"action={action}\n\n");
    }

    /// <summary>The action, as in <c>550 5.1.1 No such user here</c>.</summary>
    public string Text { get; }

    /// <summary>Refuses with this reply, for good (5xx) or for now (4xx). Of several lines the first is sent.</summary>
    /// <exception cref="ArgumentException">The reply refuses nothing.</exception>
    public static PolicyAction Refuse(Reply reply)
    {
        if (reply.Code is < 400 or > 599)
            throw new ArgumentException($"{reply.Code} is no refusal.", nameof(reply));
        var first = reply.Text.Split('\n')[0];
        return new(Clean(reply.Enhanced.Length == 0 ? $"{reply.Code} {first}" : $"{reply.Code} {reply.Enhanced} {first}"));
    }

    /// <summary>Refuses for good, with the code that the operator of Postfix has chosen.</summary>
    public static PolicyAction Reject(string text) => new(Clean($"REJECT {text}"));

    /// <summary>Refuses for now, with the code that the operator of Postfix has chosen.</summary>
    public static PolicyAction Defer(string text) => new(Clean($"DEFER {text}"));

    /// <summary>Refuses for now, unless something else refuses it for good: what is said when we cannot decide.</summary>
    public static PolicyAction DeferIfPermit(string text) => new(Clean($"DEFER_IF_PERMIT {text}"));

    /// <summary>Takes the message and keeps it in the queue <c>hold</c>, for all its recipients, until an operator lets it go.</summary>
    public static PolicyAction Hold(string text) => new(Clean($"HOLD {text}"));

    /// <summary>Puts a header line in front of the message.</summary>
    /// <param name="field">The whole line, as in <c>Name: value</c>.</param>
    public static PolicyAction Prepend(string field) => new(Clean($"PREPEND {field}"));

    /// <summary>Writes the answer as it goes over the wire.</summary>
    public void WriteTo(IBufferWriter<byte> output) => output.Write(line);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string Clean(string text) =>
        string.Create(Math.Min(text.Length, TextBytesMax), text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = from[i] is < ' ' or > '~' ? '?' : from[i];
        });
}
