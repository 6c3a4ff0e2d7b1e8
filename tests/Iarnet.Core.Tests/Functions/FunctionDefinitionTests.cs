using Iarnet.Functions;
using Iarnet.Resources;

namespace Iarnet.Tests.Functions;

public sealed class FunctionDefinitionTests
{
    public static TheoryData<FunctionOptions, string> Groups => new()
    {
        { FunctionOptions.Default, FunctionLanguages.Python },
        { new FunctionOptions { MaxRetries = 9, Timeout = TimeSpan.FromSeconds(1) }, FunctionLanguages.Python },
        { new FunctionOptions { Resources = ResourceRequest.Parse() }, FunctionLanguages.Python },
        { new FunctionOptions { Resources = ResourceRequest.Parse("500m") }, "Words.Count" },
        { new FunctionOptions { Resources = ResourceRequest.Parse(tags: "gpu") }, "Words.Count" },
        { new FunctionOptions { MinReplicas = 1 }, "Words.Count" },
        { new FunctionOptions { MaxReplicas = 4 }, "Words.Count" },
        { new FunctionOptions { Concurrency = 2 }, "Words.Count" },
        { new FunctionOptions { Group = "words" }, "words" },
        { new FunctionOptions { Group = "words", MinReplicas = 2 }, "words" },
    };

    [Theory]
    [MemberData(nameof(Groups))]
    public void The_group_is_the_stated_one_or_its_own_when_it_asks_for_something_or_its_languages(FunctionOptions options, string group) =>
        Assert.Equal(group, Define(options).GroupName);

    [Fact]
    public void The_id_is_language_and_name_unless_stated()
    {
        Assert.Equal("python:Words.Count", Define(FunctionOptions.Default).Id);
        Assert.Equal("mine", (Define(FunctionOptions.Default) with { Id = "mine" }).Id);
    }

    [Fact]
    public void Two_definitions_are_the_same_when_their_ids_are()
    {
        var one = Define(FunctionOptions.Default);
        var same = Define(new FunctionOptions { MinReplicas = 7 });
        var other = one with { Id = "other" };
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
        Assert.False(one.Equals(null));
    }

    [Fact]
    public void Python_code_is_the_same_when_file_function_and_requirements_are()
    {
        var one = new PythonFileCode("words.py", "count", ["numpy>=1.24", "textblob"]);
        var same = new PythonFileCode("words.py", "count", ["numpy>=1.24", "textblob"]);
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, same with { Requirements = ["numpy>=1.24"] });
        Assert.NotEqual(one, same with { Function = "merge" });
        Assert.Equal(new PythonFileCode("words.py", "count", default), new PythonFileCode("words.py", "count", []));
    }

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        var options = FunctionOptions.Default;
        Assert.Null(options.Group);
        Assert.Equal(ResourceRequest.None, options.Resources);
        Assert.Null(options.MinReplicas);
        Assert.Null(options.MaxReplicas);
        Assert.Equal(3, options.MaxRetries);
        Assert.Null(options.Timeout);
        Assert.Equal(1, options.Concurrency);
    }

    private static FunctionDefinition Define(FunctionOptions options) =>
        new("Words.Count", FunctionLanguages.Python, ["text"], new PythonFileCode("words.py", "count", []), options);
}
