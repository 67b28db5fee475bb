using System.Net;

namespace Mailreeve.Configuration;

/// <summary>Where bouncers ask which addresses are blocked: <c>[enforcement.crowdsec]</c>.</summary>
/// <param name="Listen">In the clear: their keys can be read on the way.</param>
/// <param name="ListenTls">Under TLS, with the certificates of all services.</param>
internal sealed record BouncerSettings(IReadOnlyList<IPEndPoint> Listen, IReadOnlyList<IPEndPoint> ListenTls)
{
    /// <summary>Nowhere.</summary>
    public static readonly BouncerSettings None = new([], []);

    /// <summary>Whether it is anywhere.</summary>
    public bool IsServed => Listen.Count > 0 || ListenTls.Count > 0;
}
