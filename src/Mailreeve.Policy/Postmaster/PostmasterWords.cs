namespace Mailreeve.Policy.Postmaster;

/// <summary>Where the postmaster of a domain stands, in words.</summary>
public static class PostmasterWords
{
    /// <summary>The words.</summary>
    public static string Of(PostmasterState state) => state switch
    {
        PostmasterState.Waiting => "to be checked",
        PostmasterState.PutOff => "mail is put off",
        PostmasterState.Refuses => "mail is refused",
        PostmasterState.NoMail => "no mail server of theirs",
        PostmasterState.Asked => "mail is taken; a person was asked",
        PostmasterState.Overdue => "mail is taken; nobody answers",
        PostmasterState.Read => "read by a person",
        _ => $"{state}",
    };
}
