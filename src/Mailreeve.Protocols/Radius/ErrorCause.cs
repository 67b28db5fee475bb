namespace Mailreeve.Protocols.Radius;

/// <summary>Why an access server refuses to disconnect or change a session (RFC 5176 §3.5).</summary>
public static class ErrorCause
{
    /// <summary>In words, with the number.</summary>
    /// <param name="cause">The value of Error-Cause; null when it gave none.</param>
    public static string Words(uint? cause) => cause is not { } number ? "without a reason" : $"{Name(number)} ({number})";

    private static string Name(uint number) => number switch
    {
        201 => "the residual session context was removed",
        202 => "the packet is not valid for it",
        401 => "it does not support an attribute",
        402 => "it misses an attribute",
        403 => "it is not the access server that is meant",
        404 => "the request is not valid",
        405 => "it does not support this service",
        406 => "it does not support this",
        407 => "it does not take a value",
        501 => "it is not allowed to",
        502 => "there is no route to the access server",
        503 => "it does not know the session",
        504 => "it cannot end the session",
        505 => "another proxy failed",
        506 => "it has no resources for it",
        507 => "the request was begun, and is not done",
        508 => "several sessions are meant, and it takes one only",
        _ => "for a reason of its own",
    };
}
