using System.Buffers.Text;

namespace Mailreeve.Protocols.PolicyDelegation;

/// <summary>One request of Postfix's SMTP access policy delegation: a line <c>name=value</c> for each attribute, and an empty line.</summary>
/// <remarks>
/// The attributes are where they lie in the request, so that nothing is made of those that nobody looks at. One that is missing is empty, as
/// Postfix itself sends those that it does not know yet. Unknown names are passed over: each release of Postfix has new ones.
/// </remarks>
public ref struct PolicyRequest
{
    /// <summary>Longest request in octets, its empty line included. One of Postfix has about 800.</summary>
    public const int BytesMax = 32 << 10;

    /// <summary>Longest line in octets, without its end. Postfix takes 2,048 from an SMTP client.</summary>
    public const int LineBytesMax = 8 << 10;

    /// <summary>Most attributes. Postfix 3.7 sends 28.</summary>
    public const int AttributesMax = 100;

    /// <summary>How far the session is.</summary>
    public PolicyStage Stage { get; private set; }

    /// <summary>The client's IP address as text, without brackets.</summary>
    public ReadOnlySpan<byte> ClientAddress { get; private set; }

    /// <summary>Envelope sender; empty for the null sender, and before MAIL.</summary>
    public ReadOnlySpan<byte> Sender { get; private set; }

    /// <summary>The recipient of this RCPT; at DATA and later the only one, if there is only one. Without quotes.</summary>
    public ReadOnlySpan<byte> Recipient { get; private set; }

    /// <summary>Recipients that were taken; known at DATA and later, 0 before.</summary>
    public int RecipientCount { get; private set; }

    /// <summary>Octets of the message: what MAIL announced, or at its end what has come; 0 when it is not known.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>The name under which the client has signed in; empty when it has not.</summary>
    public ReadOnlySpan<byte> SaslUserName { get; private set; }

    /// <summary>The same in all requests about one message.</summary>
    public ReadOnlySpan<byte> Instance { get; private set; }

    // request = 1*(name "=" value LF) LF
    /// <summary>Reads a request.</summary>
    /// <param name="text">Its lines, each with its LF, without the empty one.</param>
    /// <param name="request">What it asks.</param>
    /// <returns><see langword="false"/> when it is no request, or not one about access: then there is nothing that could be answered.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out PolicyRequest request)
    {
        request = default;
        var isAccess = false;
        for (var count = 0; !text.IsEmpty; count++)
        {
            var end = text.IndexOf((byte)'\n');
            if (end is <= 0 or > LineBytesMax || count == AttributesMax)
                return false;
            var line = text[..end];
            text = text[(end + 1)..];
            var equals = line.IndexOf((byte)'=');
            if (equals <= 0 || !request.TryTake(line[..equals], line[(equals + 1)..], ref isAccess))
                return false;
        }

        return isAccess;
    }

    // The length first: most names are told apart by it, and what we do not know ends here.
    private bool TryTake(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref bool isAccess)
    {
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("size"u8):
                SizeBytes = NumberIn(value);
                return SizeBytes >= 0;
            case 6 when name.SequenceEqual("sender"u8):
                Sender = value;
                return true;
            case 7 when name.SequenceEqual("request"u8):
                isAccess = value.SequenceEqual("smtpd_access_policy"u8);
                return isAccess;
            case 8 when name.SequenceEqual("instance"u8):
                Instance = value;
                return true;
            case 9 when name.SequenceEqual("recipient"u8):
                Recipient = value;
                return true;
            case 13 when name.SequenceEqual("sasl_username"u8):
                SaslUserName = value;
                return true;
            case 14 when name.SequenceEqual("client_address"u8):
                ClientAddress = value;
                return true;
            case 14 when name.SequenceEqual("protocol_state"u8):
                Stage = StageOf(value);
                return true;
            case 15 when name.SequenceEqual("recipient_count"u8):
                var count = NumberIn(value);
                RecipientCount = (int)Math.Min(count, int.MaxValue);
                return count >= 0;
            default:
                return true;
        }
    }

    // Empty is "not known". Anything else that is no number is no request: a limit must not be passed by it.
    private static long NumberIn(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return 0;
        return !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length ? number : -1;
    }

    private static PolicyStage StageOf(ReadOnlySpan<byte> value) => value switch
    {
        _ when value.SequenceEqual("RCPT"u8) => PolicyStage.Rcpt,
        _ when value.SequenceEqual("MAIL"u8) => PolicyStage.Mail,
        _ when value.SequenceEqual("DATA"u8) => PolicyStage.Data,
        _ when value.SequenceEqual("END-OF-MESSAGE"u8) => PolicyStage.EndOfMessage,
        _ when value.SequenceEqual("CONNECT"u8) => PolicyStage.Connect,
        _ when value.SequenceEqual("EHLO"u8) || value.SequenceEqual("HELO"u8) => PolicyStage.Helo,
        _ => PolicyStage.Other,
    };
}
