namespace Mailreeve.Protocols.Smtp;

/// <summary>What stands behind <c>AUTH</c> (RFC 4954 §4).</summary>
/// <param name="Mechanism">How the client wants to sign in.</param>
/// <param name="ResponseAt">Where in the argument the initial response begins; -1 when there is none, and it has to be asked for.</param>
public readonly record struct AuthArgument(AuthMechanism Mechanism, int ResponseAt)
{
    // "AUTH" SP mechanism [ SP initial-response ]; initial-response = base64 / "=". Windows Mail puts two blanks between them.
    /// <summary>Reads the argument of AUTH.</summary>
    /// <returns><see langword="false"/> when it names no mechanism, or has more than one response.</returns>
    public static bool TryParse(ReadOnlySpan<byte> argument, out AuthArgument auth)
    {
        auth = default;
        if (argument.IsEmpty)
            return false;
        var end = argument.IndexOf((byte)' ');
        var name = end < 0 ? argument : argument[..end];
        var responseAt = -1;
        if (end >= 0)
        {
            responseAt = end + argument[end..].IndexOfAnyExcept((byte)' ');
            if (argument[responseAt..].Contains((byte)' '))
                return false;
        }

        auth = new AuthArgument(MechanismOf(name), responseAt);
        return true;
    }

    private static AuthMechanism MechanismOf(ReadOnlySpan<byte> name) =>
        System.Text.Ascii.EqualsIgnoreCase(name, "PLAIN"u8) ? AuthMechanism.Plain
        : System.Text.Ascii.EqualsIgnoreCase(name, "LOGIN"u8) ? AuthMechanism.Login
        : AuthMechanism.Unknown;
}

/// <summary>The ways of signing in that this server tells apart.</summary>
public enum AuthMechanism
{
    /// <summary>Any other.</summary>
    Unknown,

    /// <summary>PLAIN (RFC 4616).</summary>
    Plain,

    /// <summary>LOGIN; see <see cref="Sasl.SaslLogin"/>.</summary>
    Login,
}
