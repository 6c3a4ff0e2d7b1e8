namespace Iarnet.Tests.Errors;

public sealed class FunctionFailedExceptionTests
{
    private static readonly RemoteError Cause = new("ValueError", "no such word", "File \"words.py\", line 7");

    [Fact]
    public void The_text_names_the_function_the_call_the_remote_error_and_its_stack()
    {
        var error = new FunctionFailedException("Words.Count", "call-7", Cause);
        Assert.Equal(
            $"Function 'Words.Count' failed in call call-7: ValueError: no such word{Environment.NewLine}--- stack where it ran ---{Environment.NewLine}File \"words.py\", line 7",
            error.Message);
        Assert.Equal("Words.Count", error.Function);
        Assert.Equal("call-7", error.CallId);
        Assert.Same(Cause, error.Error);
        Assert.Empty(error.Path);
    }

    [Fact]
    public void Without_a_stack_none_is_announced() => Assert.Equal(
        "Function 'f' failed in call 1: ValueError: no",
        new FunctionFailedException("f", "1", new RemoteError("ValueError", "no", "")).Message);

    [Fact]
    public void A_dependant_sees_the_same_cause_and_the_way_it_came()
    {
        var inner = new InvalidOperationException("here");
        var error = new FunctionFailedException("leaf", "1", Cause, ["merge", "total"], inner);
        Assert.Equal(["merge", "total"], error.Path);
        Assert.Equal("leaf", error.Function);
        Assert.Equal("1", error.CallId);
        Assert.Same(Cause, error.Error);
        Assert.Same(inner, error.InnerException);
        Assert.StartsWith("Function 'leaf' failed in call 1 (needed by merge <- total): ValueError: no such word", error.Message, StringComparison.Ordinal);
    }
}
