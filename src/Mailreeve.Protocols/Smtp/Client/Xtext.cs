using System.Text;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>The writing of ENVID and ORCPT (RFC 3461 §4).</summary>
public static class Xtext
{
    // xtext = *( xchar / hexchar ); xchar = "!" to "~" without "+" and "="; hexchar = "+" 2 capital hexadecimal digits
    /// <summary>Writes any text as xtext; what is no xchar becomes <c>+XX</c>, outside ASCII octet by octet.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('+', '='))
            return text;
        var written = new StringBuilder(text.Length + 8);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is > (byte)' ' and <= (byte)'~' and not (byte)'+' and not (byte)'=')
                written.Append((char)octet);
            else
                written.Append('+').Append(octet.ToString("X2"));
        }

        return written.ToString();
    }
}
