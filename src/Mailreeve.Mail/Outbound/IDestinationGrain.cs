namespace Mailreeve.Mail.Outbound;

/// <summary>The owner of a destination; its key is the domain in lower case, or <c>*</c> for the server that takes all mail.</summary>
public interface IDestinationGrain : IGrainWithStringKey
{
    /// <summary>Something is due. Returns at once; it is sent until nothing is due any more.</summary>
    Task WakeAsync();
}
