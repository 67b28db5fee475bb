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
        PostmasterState.Gone => "not checked any more",
        _ => $"{state}",
    };

    /// <summary>Why an answer was taken for that of a program.</summary>
    public static string Of(ProgramMark mark) => mark switch
    {
        ProgramMark.NullSender => "it has no sender",
        ProgramMark.Daemon => "it is from MAILER-DAEMON",
        ProgramMark.Report => "it is a delivery report or a receipt",
        ProgramMark.AutoSubmitted => "Auto-Submitted says so",
        ProgramMark.Precedence => "Precedence says so",
        ProgramMark.AutoReply => "X-Autoreply says so",
        ProgramMark.List => "it came through a list",
        _ => $"{mark}",
    };
}
